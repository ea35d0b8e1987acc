extension Tensor {
    /// Where the elements begin; whoever uses it keeps the tensor alive meanwhile.
    ///
    /// Kernels take several tensors at once, and a closure for each would hide what they do.
    var address: UnsafePointer<Element> { withUnsafeBuffer { $0.baseAddress! } }
}
