public import CTesseraLibrary
import TesseraCheckpoint
import TesseraImage
import TesseraInverse
import TesseraPipeline

// The functions of tessera.h that restore pictures. What they promise is written there.

/// How many times larger each side of a picture becomes that is restored from a task.
@_cdecl("tessera_restored_factor")
public func factorOfTask(_ task: UnsafePointer<CChar>?) -> Int {
    let name = task.map { String(cString: $0) }
    return Degradation.restorable.first { $0.name == name }.map { $0.factor ?? 1 } ?? 0
}

/// Restores pictures.
@_cdecl("tessera_restore")
public func restorePictures(
    _ pointer: OpaquePointer?, _ task: UnsafePointer<CChar>?,
    _ pictures: UnsafePointer<tessera_pictures>?, _ results: UnsafePointer<tessera_pictures>?,
    _ options: UnsafePointer<tessera_restoration>?
) -> tessera_status {
    reporting { () throws(Failure) in
        let model = try opened(pointer).needed("model")
        let options = options?.pointee ?? tessera_restoration()
        let named = try choice(try task.needed("task"), "task", of: Degradation.restorable)
        let degradation = try options.degradation(try named.needed("task"))
        let noise = try options.checkedNoise()
        let look = try options.checkedLook()
        let sampling = try SamplingRequest(options.sampling)
        let (batch, target) = (
            try PictureBatch(pictures), try PictureBatch(results, named: "results")
        )
        try target.check(against: batch, factor: degradation.factor ?? 1)
        let denoiser = try loading { () throws(CheckpointError) in try model.denoiser() }
        let restore: (Image, RecoveryOptions) -> Recovery
        if let denoiser, sampling.isUsual, degradation.isUndoneByDenoisers {
            guard look == .faithful || denoiser.sharpener != nil else {
                throw .argument("'look' is \(look.name), but the denoiser has no sharpener")
            }
            restore = { image, options in
                var options = options
                options.look = look
                return image.restored(
                    from: degradation, noise: noise, by: denoiser, options: options)
            }
        } else {
            guard look == .faithful else {
                throw .argument("'look' is \(look.name), but tokens are sampled, which have none")
            }
            let whole = try loading { () throws(CheckpointError) in try model.withPrior() }
            restore = { image, options in
                var options = options
                options.denoiser = denoiser
                return whole.restore(image, from: degradation, noise: noise, options: options)
            }
        }
        try sampling.forEach(batch.count) {
            restore(batch.image($0), $1)
        } write: {
            target.write($0.image, to: $1)
        }
    }
}

extension Degradation {
    /// Those that leave a picture from which all that there is to undo can be undone.
    fileprivate static let restorable = all.filter { $0.restoration != nil }
}

extension PictureBatch {
    /// Checks that results have room for what pictures become.
    fileprivate func check(against pictures: PictureBatch, factor: Int) throws(Failure) {
        guard count == pictures.count else {
            throw .argument("'results' are \(count), but 'pictures' are \(pictures.count)")
        }
        let (wantedHeight, wantedWidth) = (factor * pictures.height, factor * pictures.width)
        guard height == wantedHeight, width == wantedWidth else {
            throw .argument(
                "'results' have \(width) x \(height) pixels, but must have "
                    + "\(wantedWidth) x \(wantedHeight), \(factor) times the sides of 'pictures'")
        }
        guard height * width <= Model.maximumEnlargedPixelCount else {
            throw .argument(
                "'results' have \(width) x \(height) pixels, but at most "
                    + "\(Model.maximumEnlargedPixelCount) in all are made")
        }
    }
}

extension tessera_restoration {
    /// A degradation with the numbers of the caller.
    fileprivate func degradation(_ named: Degradation) throws(Failure) -> Degradation {
        var degradation = named
        let quality = try checked(quality, "quality", in: 0 ... 100)
        if quality > 0 { degradation.parameters.quality = quality }
        guard let kernel else {
            guard !named.required.contains(.kernel) else {
                throw .argument("'kernel' is null, but the task '\(named.name)' needs one")
            }
            return degradation
        }
        guard named.accepted.contains(.kernel) else {
            throw .argument(
                "'kernel' is of no use to the task '\(named.name)', which blurs nothing")
        }
        let rows = try checkedSide(kernel_height, "kernel_height")
        let columns = try checkedSide(kernel_width, "kernel_width")
        let weights = Array(UnsafeBufferPointer(start: kernel, count: rows * columns))
        let sum = weights.reduce(0.0) { $0 + Double($1) }
        guard weights.allSatisfy(\.isFinite), sum > 0 else {
            throw .argument("'kernel' has the sum \(sum), but must have one above 0")
        }
        degradation.parameters.kernel = BlurKernel(height: rows, width: columns, weights: weights)
        return degradation
    }

    private func checkedSide(_ side: Int, _ name: String) throws(Failure) -> Int {
        let side = try checked(side.asUnsigned, name, in: 1 ... BlurKernel.maximumSide)
        guard side % 2 == 1 else {
            throw .argument("'\(name)' is \(side), but must be odd, so that there is a middle")
        }
        return side
    }

    /// How results look.
    fileprivate func checkedLook() throws(Failure) -> Look {
        guard let checked = Look(sharpness: look) else {
            throw .argument("'look' is \(look), but must be from 0 to 1")
        }
        return checked
    }

    /// The standard deviation of the noise, or `nil` if each picture tells.
    fileprivate func checkedNoise() throws(Failure) -> Double? {
        guard let noise = noise?.pointee else { return nil }
        guard noise >= 0, noise <= 2 else {
            throw .argument("'noise' is \(noise), but must be from 0 to 2")
        }
        return noise
    }
}
