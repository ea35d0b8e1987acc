public import CTesseraLibrary
import TesseraCheckpoint
import TesseraInverse
import TesseraPipeline

// The functions of tessera.h that fill holes. What they promise is written there.

/// Fills holes of pictures.
@_cdecl("tessera_inpaint")
public func fillHoles(
    _ pointer: OpaquePointer?, _ pictures: UnsafePointer<tessera_pictures>?,
    _ holes: UnsafePointer<UInt8>?, _ holeCount: Int, _ options: UnsafePointer<tessera_filling>?
) -> tessera_status {
    reporting { () throws(Failure) in
        let model = try opened(pointer).needed("model")
        let batch = try PictureBatch(pictures)
        let holes = try MaskBatch(holes.needed("holes"), holeCount, "hole_count", of: batch)
        let request = try FillingRequest(options?.pointee, for: batch)
        let denoiser = try loading { () throws(CheckpointError) in try model.denoiser() }
        let whole = try loading { () throws(CheckpointError) in try model.withPrior() }
        try request.sampling.forEach(batch.count) { index, options in
            var options = options
            options.denoiser = denoiser
            return whole.inpaint(
                batch.image(index), hole: holes[index], avoiding: request.avoided?[index],
                options: options)
        } write: {
            batch.write($0.image, to: $1)
        }
    }
}

/// Fills holes of pictures with pixels copied from them.
@_cdecl("tessera_fill")
public func copyIntoHoles(
    _ pictures: UnsafePointer<tessera_pictures>?, _ holes: UnsafePointer<UInt8>?,
    _ holeCount: Int, _ options: UnsafePointer<tessera_filling>?
) -> tessera_status {
    reporting { () throws(Failure) in
        let batch = try PictureBatch(pictures)
        let holes = try MaskBatch(holes.needed("holes"), holeCount, "hole_count", of: batch)
        let request = try FillingRequest(options?.pointee, for: batch)
        try request.sampling.forEach(batch.count) { index, options in
            batch.image(index).filledFromExemplars(
                hole: holes[index], avoiding: request.avoided?[index], options: options)
        } write: { (filled, index) throws(Failure) in
            guard let filled else {
                throw .argument(
                    "picture \(index) has too little to copy from to fill its hole; leave more of it "
                        + "known, widen the radius, avoid less, or fill it by a model")
            }
            batch.write(filled, to: index)
        }
    }
}

/// How a caller of C wants holes to be filled, checked.
private struct FillingRequest {
    let sampling: SamplingRequest
    let avoided: MaskBatch?

    init(_ filling: tessera_filling?, for batch: PictureBatch) throws(Failure) {
        let filling = filling ?? tessera_filling()
        var sampling = try SamplingRequest(filling.sampling)
        if let texture = try choice(filling.texture, "texture", of: HoleTexture.allCases) {
            sampling.options.texture = texture
        }
        let radius = try checked(
            filling.source_radius.asUnsigned, "source_radius", in: 0 ... 65_536)
        if radius > 0 { sampling.options.sourceRadius = radius }
        self.sampling = sampling
        guard let avoided = filling.avoided else {
            self.avoided = nil
            return
        }
        self.avoided = try MaskBatch(
            avoided, filling.avoided_count, "avoided_count", of: batch)
    }
}

/// A mask for each picture in memory of the caller, whose size has been checked.
private struct MaskBatch {
    private let start: UnsafePointer<UInt8>
    private let height: Int
    private let width: Int

    init(
        _ start: UnsafePointer<UInt8>, _ count: Int, _ name: String, of batch: PictureBatch
    ) throws(Failure) {
        let size = batch.height * batch.width
        guard batch.count * size == count else {
            throw .argument(
                "'\(name)' is \(count.asUnsigned), but \(batch.count) pictures of "
                    + "\(batch.width) x \(batch.height) pixels have \(batch.count * size) pixels")
        }
        self.start = start
        (height, width) = (batch.height, batch.width)
    }

    /// The mask of a picture.
    subscript(index: Int) -> PixelMask {
        let size = height * width
        return PixelMask(
            height: height, width: width,
            isHole: (0 ..< size).map { start[index * size + $0] != 0 })
    }
}
