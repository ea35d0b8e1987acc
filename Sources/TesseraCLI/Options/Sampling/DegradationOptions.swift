import ArgumentParser
import TesseraInverse
import TesseraJSON
import TesseraPipeline

/// What was done to pictures, in numbers.
struct DegradationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The standard deviation of the noise, for pixels from -1 to 1 (papers: 0.05).",
            valueName: "sigma"))
    var noise: Double?

    @Option(
        help: ArgumentHelp(
            "The kernel of a blur: a picture, or a .npy file that sums to 1; odd sides.",
            valueName: "file"),
        completion: .file())
    var kernel: String?

    @Option(
        help: ArgumentHelp(
            "The quality of task jpeg, 1 to 100; what the file says, or \(DegradationParameters().quality), unless given.",
            valueName: "n"))
    var jpegQuality: Int?

    func validate() throws {
        if let noise, !(noise >= 0 && noise <= 2) {
            throw ValidationError("'--noise' is \(noise), but must be from 0 to 2")
        }
        if let jpegQuality, !(1 ... 100).contains(jpegQuality) {
            throw ValidationError("'--jpeg-quality' is \(jpegQuality), but must be from 1 to 100")
        }
    }

    /// Says whether the options fit a task.
    ///
    /// - Throws: `ValidationError` if one is missing or has no use.
    func validate(for degradation: Degradation) throws {
        if degradation.required.contains(.kernel) && kernel == nil {
            throw ValidationError(
                "'--task \(degradation.name)' needs the kernel of the blur; add '--kernel', such as "
                    + "Samples/Kernels/motion-1.png")
        }
        if kernel != nil && !degradation.accepted.contains(.kernel) {
            throw ValidationError(
                "'--kernel' needs a task that blurs, but '\(degradation.name)' does not")
        }
    }

    /// A degradation with these numbers.
    ///
    /// - Throws: A usage failure when the kernel cannot be read.
    func degradation(_ named: Degradation) throws(CommandFailure) -> Degradation {
        var degradation = named
        if let jpegQuality { degradation.parameters.quality = jpegQuality }
        if let noise, noise > 0 { degradation.parameters.noise = .gaussian(deviation: noise) }
        if let kernel {
            do { degradation.parameters.kernel = try BlurKernel(contentsOf: kernel) } catch {
                throw .usage("\(error)")
            }
        }
        return degradation
    }

    /// A degradation as the file of a picture tells more of it, where no option says it.
    ///
    /// A note says what is taken for granted.
    func known(_ degradation: Degradation, from job: PictureJob) -> Degradation {
        guard degradation.accepted.contains(.quality), jpegQuality == nil else {
            return degradation
        }
        let known = degradation.known(from: job.image)
        if known.parameters.file == nil {
            job.note(
                "the file does not say how it was compressed; a quality of "
                    + "\(known.parameters.quality) is assumed, pass --jpeg-quality to say another")
        }
        return known
    }

    /// What a recipe says of them.
    func metadata(of degradation: Degradation) -> JSONObject {
        var metadata = JSONObject()
        if let noise { metadata["noise"] = .real(noise) }
        if degradation.accepted.contains(.quality), let jpegQuality {
            metadata["jpegQuality"] = .integer(jpegQuality)
        }
        return metadata
    }
}

/// Options of what chance does, for commands that degrade pictures themselves.
struct ExperimentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Counted light as noise: so many counts for white, up to 500.", valueName: "peak"))
    var poisson: Double?

    @Option(help: ArgumentHelp("The side of inpaint-box's square (papers: 128).", valueName: "n"))
    var box = DegradationParameters().boxSide

    @Option(
        help: ArgumentHelp(
            "Where inpaint-box's square lies: middle, or random, 16 pixels from the border or more.",
            valueName: "place"))
    var boxPlace = DegradationParameters().boxPlace

    @Option(
        help: ArgumentHelp(
            "The part of the pixels that inpaint-random takes, from 0 to 1.", valueName: "part"))
    var missing = DegradationParameters().missing

    @OptionGroup var degradation: DegradationOptions

    func validate() throws {
        if let poisson, !(poisson > 0 && poisson <= 500) {
            throw ValidationError("'--poisson' is \(poisson), but must be above 0 and at most 500")
        }
        if poisson != nil && degradation.noise != nil {
            throw ValidationError("'--poisson' and '--noise' exclude each other")
        }
        if !(1 ... 4096).contains(box) {
            throw ValidationError("'--box' is \(box), but must be from 1 to 4096")
        }
        if !(0 ... 1).contains(missing) {
            throw ValidationError("'--missing' is \(missing), but must be from 0 to 1")
        }
    }

    /// Says whether the options fit a task.
    func validate(for named: Degradation) throws {
        try degradation.validate(for: named)
        if poisson != nil && !named.givesPicture {
            throw ValidationError(
                "'--poisson' counts the light of pictures, which '\(named.name)' does not give")
        }
        if named.required.contains(.noise) && poisson == nil && degradation.noise == nil {
            throw ValidationError(
                "'--task \(named.name)' needs noise; add '--noise' or '--poisson'")
        }
    }

    /// A degradation with these numbers.
    func degradation(_ named: Degradation) throws(CommandFailure) -> Degradation {
        var degradation = try self.degradation.degradation(named)
        if let poisson { degradation.parameters.noise = .poisson(peak: poisson) }
        degradation.parameters.boxSide = box
        degradation.parameters.boxPlace = boxPlace
        degradation.parameters.missing = missing
        return degradation
    }
}
