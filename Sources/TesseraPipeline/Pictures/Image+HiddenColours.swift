import TesseraImage
import TesseraInverse

extension Image {
    /// The image with what it shows continued into places that are wholly transparent.
    ///
    /// What is hidden there, often black or a bright colour, would bleed into what is seen: networks and resampling look
    /// at neighbours. Visible samples stay bit for bit.
    var withoutHiddenColours: Image {
        let isHidden: [Bool]
        switch alpha {
        case .eight(let values): isHidden = values.map { $0 == 0 }
        case .sixteen(let values): isHidden = values.map { $0 == 0 }
        case nil: return self
        }
        let mask = PixelMask(height: height, width: width, isHole: isHidden)
        guard mask.holeCount > 0, mask.holeCount < isHidden.count else { return self }
        var shown = Image(pixels: Inpainting(mask: mask).smoothlyFilled(pixels), like: self)
        shown.restoreSamples(of: self, outside: mask.tensor)
        return shown
    }
}
