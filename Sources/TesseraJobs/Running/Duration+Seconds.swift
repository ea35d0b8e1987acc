extension Duration {
    /// The duration as a number of seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The number of seconds with three digits after the point.
    package var roundedSeconds: Double { (inSeconds * 1000).rounded() / 1000 }
}
