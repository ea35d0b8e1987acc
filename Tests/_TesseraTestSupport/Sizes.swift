/// Sizes that catch off-by-one faults around a vector of sixteen numbers.
public let awkwardSizes = [0, 1, 3, 15, 16, 17, 61]
