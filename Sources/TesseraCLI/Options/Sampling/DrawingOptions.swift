import ArgumentParser
import TesseraJSON
import TesseraSampler

/// How codes are drawn from a prior.
struct DrawingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The unmasking order: which slots are sampled first.", valueName: "order"))
    var order = UnmaskingOrder.confidence

    @Option(
        help: ArgumentHelp(
            "How the number of masked slots falls from step to step.", valueName: "schedule"))
    var schedule = MaskSchedule.cosine

    @Option(
        help: ArgumentHelp(
            "What logits are divided by: less than 1 gives likelier codes, 0 the likeliest, more "
                + "than 1 more variety.", valueName: "t"))
    var temperature = SamplerConfiguration().softmaxTemperature

    @Option(
        help: ArgumentHelp(
            "The strength of the noise on confidences, which fades from step to step; more gives "
                + "more variety.", valueName: "t"))
    var choiceTemperature = SamplerConfiguration().choiceTemperature

    @Option(
        help: ArgumentHelp(
            "Draw from the likeliest codes that have this probability together; above 0, to 1.",
            valueName: "p"))
    var topP = SamplerConfiguration().topP

    func validate() throws {
        if !(temperature >= 0 && temperature.isFinite) {
            throw ValidationError("'--temperature' is \(temperature), but must be 0 or more")
        }
        if !(choiceTemperature >= 0 && choiceTemperature.isFinite) {
            throw ValidationError(
                "'--choice-temperature' is \(choiceTemperature), but must be 0 or more")
        }
        if !(topP > 0 && topP <= 1) {
            throw ValidationError("'--top-p' is \(topP), but must be above 0 and at most 1")
        }
    }

    /// A sampler's configuration.
    func configuration(stepCount: Int, guidance: Float) -> SamplerConfiguration {
        SamplerConfiguration(
            stepCount: stepCount, schedule: schedule, order: order,
            softmaxTemperature: temperature, topP: topP, choiceTemperature: choiceTemperature,
            guidanceScale: guidance)
    }

    /// What a recipe says of them.
    var metadata: JSONObject {
        [
            "order": .string(order.rawValue), "schedule": .string(schedule.name),
            "temperature": .real(temperature.asPrinted),
            "choiceTemperature": .real(choiceTemperature.asPrinted), "topP": .real(topP.asPrinted),
        ]
    }
}
