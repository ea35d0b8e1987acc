import ArgumentParser
import TesseraImage
import TesseraInverse
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraPosterior

/// How a degraded picture is restored: by a method that samples tokens, or by a denoiser alone.
enum RestoreMethod: NamedChoice, Equatable, ExpressibleByArgument {
    case sampling(RecoveryMethod)
    case pixels

    var name: String {
        switch self {
        case .sampling(let method): method.name
        case .pixels: "pixels"
        }
    }

    static let all = [RestoreMethod.pixels] + RecoveryMethod.all.map(RestoreMethod.sampling)

    /// The method that was measured to be best.
    ///
    /// - Parameters:
    ///   - degradation: What is to be undone.
    ///   - hasDenoiser: Whether there is a denoiser.
    /// - Returns: The method.
    static func best(for degradation: Degradation, hasDenoiser: Bool) -> RestoreMethod {
        hasDenoiser && degradation.isUndoneByDenoisers ? .pixels : .sampling(.anchored)
    }
}

/// What restores degraded pictures: a model and a denoiser, or a denoiser alone.
struct Restorer {
    /// How.
    let method: RestoreMethod

    /// The model; `nil` if none is asked.
    let model: Model?

    /// The denoiser; `nil` if none is asked.
    let denoiser: LoadedDenoiser?

    /// How tokens are sampled, not yet keyed by a picture.
    let options: RecoveryOptions

    /// The most pixels that a result may have.
    var maximumPixelCount: Int {
        model == nil ? Image.maximumRestoredPixelCount : Model.maximumEnlargedPixelCount
    }

    /// Begins to restore a picture.
    ///
    /// - Parameters:
    ///   - image: The degraded picture.
    ///   - degradation: What was done to it.
    ///   - noise: The standard deviation of its noise in units of [-1, 1]; `nil` to judge it.
    ///   - options: How, keyed by the picture.
    /// - Returns: The steps, and then the picture.
    func restore(
        _ image: Image, from degradation: Degradation, noise: Double?, options: RecoveryOptions
    ) -> Recovery {
        if let model {
            return model.restore(image, from: degradation, noise: noise, options: options)
        }
        guard let denoiser else {
            preconditionFailure("A picture is restored by a model or by a denoiser")
        }
        return image.restored(
            from: degradation, noise: noise, by: denoiser.network, options: options)
    }

    /// What a recipe says of them, beside the model.
    var metadata: JSONObject {
        var metadata: JSONObject = ["method": .string(method.name)]
        metadata["denoiser"] = denoiser?.metadata
        if options.look != .faithful { metadata["look"] = .string(options.look.name) }
        return metadata
    }
}
