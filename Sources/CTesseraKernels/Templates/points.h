// The points of Winograd's minimal filtering F(4 x 4, 3 x 3): 0, +-a, +-b and infinity.
//
// A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, take a = 1
// and b = 2. With a = 1/sqrt(2) and b = sqrt(2), as B. Barabasz et al., "Error Analysis and Improving
// the Accuracy of Winograd Convolution for Deep Neural Networks", ACM TOMS 2020, look for them, the
// transforms amplify less and rounding errors halve.
#define POINT_A 0.70710678f
#define POINT_B 1.41421356f
#define POINT_A2 0.5f
#define POINT_B2 2.0f
