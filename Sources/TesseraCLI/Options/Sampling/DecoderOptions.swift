import ArgumentParser
import TesseraTokenizer

/// How tokens become a picture.
struct DecoderOptions: ParsableArguments {
    @Option(
        name: .customLong("decoder"),
        help: ArgumentHelp(
            "What the decoder was trained for: perceptual (sharper) or psnr (smoother, with less "
                + "error); perceptual unless given, if the model has it.", valueName: "objective"))
    var objective: DecodingObjective?
}
