import ArgumentParser
import TesseraImage
import TesseraInverse
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraPosterior

/// How the pixels of a hole are found: by a method that samples, or without a model.
enum HoleMethod: NamedChoice, Equatable, ExpressibleByArgument {
    case sampling(RecoveryMethod)
    case exemplar

    var name: String {
        switch self {
        case .sampling(let method): method.name
        case .exemplar: "exemplar"
        }
    }

    static let all = RecoveryMethod.all.map(HoleMethod.sampling) + [.exemplar]
}

/// What fills the holes of pictures: a model, or without one the pictures themselves.
struct HoleFilling {
    /// The model; `nil` if all is copied.
    let model: Model?

    /// What has a say where pixels are missing here and there; `nil` for none.
    let denoiser: LoadedDenoiser?

    /// How holes are filled, not yet keyed by a picture.
    let options: RecoveryOptions

    /// A picture without holes.
    struct Filled {
        /// The picture.
        var image: Image

        /// What the sampled picture differs from the known pixels, if one was sampled.
        let residual: Double?

        /// How many pixels of the holes were copied.
        let copiedCount: Int

        /// How many pixels the holes have.
        let holeCount: Int

        /// Where the texture comes from, and how it was found.
        var metadata: JSONObject {
            let texture =
                copiedCount == 0 && residual != nil
                ? "model" : copiedCount == holeCount ? "exemplar" : "both"
            var metadata: JSONObject = [
                "texture": .string(texture), "copiedPixels": .integer(copiedCount),
            ]
            metadata["residual"] = residual.map { .real($0) }
            return metadata
        }
    }

    /// Fills the holes of a picture.
    ///
    /// - Parameters:
    ///   - image: The picture.
    ///   - hole: The pixels to fill.
    ///   - avoided: Known pixels that are not to be copied; `nil` for none.
    ///   - options: How, keyed by the picture.
    ///   - show: Is told of each step.
    /// - Returns: The picture without holes.
    /// - Throws: ``JobError`` about the item when it has too little to copy from and there is no model.
    func fill(
        _ image: Image, hole: PixelMask, avoiding avoided: PixelMask?, options: RecoveryOptions,
        telling show: (SamplingProgress<Image>) -> Void
    ) throws -> Filled {
        guard let model else {
            let filling = image.filledFromExemplars(
                hole: hole, avoiding: avoided, options: options)
            for step in filling { show(step) }
            guard let filled = filling.result() else {
                throw JobError.item(
                    "there is too little to copy from to fill the hole; leave more of the picture known, "
                        + "widen --source-radius, avoid less, or leave '--method exemplar' out to fill "
                        + "it by a model")
            }
            return Filled(
                image: filled, residual: nil, copiedCount: hole.holeCount,
                holeCount: hole.holeCount)
        }
        let recovery = model.inpaint(image, hole: hole, avoiding: avoided, options: options)
        for step in recovery where !step.isPreparatory { show(step) }
        let recovered = recovery.result()
        return Filled(
            image: recovered.image, residual: recovered.residual,
            copiedCount: recovered.copiedCount, holeCount: hole.holeCount)
    }
}
