// How far patches are from one patch: TesseraPatches. Four patches share what is read of the one.
enum { comparedPatches = 4 };

INLINE void comparePatches(const TesseraPatches *job, const ptrdiff_t *starts, float scale,
                           float *distances) {
    Lanes sums[comparedPatches] = {{0}};
    for (ptrdiff_t row = 0; row < job->rows; row++)
        for (ptrdiff_t x = 0; x < job->width; x += lanes) {
            const Lanes patch = load(job->patch + row * job->width + x);
            const Lanes weights = load(job->weights + row * job->width + x);
            UNROLL
            for (int i = 0; i < comparedPatches; i++) {
                const Lanes difference
                    = patch - load(job->image + starts[i] + row * job->imageStride + x);
                sums[i] += weights * difference * difference;
            }
        }
    UNROLL
    for (int i = 0; i < comparedPatches; i++) distances[i] = total(sums[i]) * scale;
}

static void patches(const TesseraPatches *job, ptrdiff_t first, ptrdiff_t last) {
    Lanes weights = splat(0);
    for (ptrdiff_t x = 0; x < job->rows * job->width; x += lanes) weights += load(job->weights + x);
    const float scale = 1 / total(weights);
    ptrdiff_t i = first;
    for (; i + comparedPatches <= last; i += comparedPatches)
        comparePatches(job, job->starts + i, scale, job->distances + i);
    if (i == last) return;
    ptrdiff_t starts[comparedPatches];
    float distances[comparedPatches];
    for (int k = 0; k < comparedPatches; k++) starts[k] = job->starts[i + k < last ? i + k : i];
    comparePatches(job, starts, scale, distances);
    memcpy(job->distances + i, distances, (size_t)(last - i) * sizeof(float));
}
