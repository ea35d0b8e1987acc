extension Image {
    /// The picture turned, as a stored one is by its EXIF tag.
    ///
    /// - Parameter orientation: How to turn.
    /// - Returns: The turned picture with all that travels with it.
    public func turned(_ orientation: Orientation) -> Image {
        func turn(_ samples: Samples, channelCount: Int) -> Samples {
            samples.picking(
                channels: 0 ..< channelCount, of: channelCount, width: width, height: height,
                orientation: orientation)
        }
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        return Image(
            width: newWidth, height: newHeight, colour: colour,
            samples: turn(samples, channelCount: colour.channelCount),
            alpha: alpha.map { turn($0, channelCount: 1) }, format: format,
            colourProfile: colourProfile, text: text)
    }
}
