/// The number that keys the random choices for one item, from its name.
///
/// A picture keeps its key in any batch, folder and order, so that it comes out the same. This is the
/// 64-bit FNV-1a hash of the name's UTF-8 bytes.
///
/// - Parameter name: A name, such as that of a file without folders and extension.
/// - Returns: The key.
public func itemKey(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
