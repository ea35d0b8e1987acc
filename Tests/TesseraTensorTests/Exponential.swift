import Glibc

/// The exponential in double precision, to hold approximations against.
func exponential(_ x: Double) -> Double { exp(x) }
