import ArgumentParser
import TesseraTokenizer

/// How tokens become a picture.
struct DecoderOptions: ParsableArguments {
    @Option(
        name: .customLong("decoder"),
        help: ArgumentHelp(
            "What the decoder was trained for: perceptual likeness, sharper, or PSNR, smoother and "
                + "exacter; perceptual if the model can unless given.", valueName: "objective"))
    var objective: DecodingObjective?
}
