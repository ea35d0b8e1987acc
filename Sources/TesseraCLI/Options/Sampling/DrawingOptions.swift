import ArgumentParser
import TesseraJSON
import TesseraSampler

/// How codes are drawn from a prior.
struct DrawingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which slots come first.", valueName: "order"))
    var order = UnmaskingOrder.confidence

    @Option(
        help: ArgumentHelp(
            "How the number of masked slots falls.", valueName: "schedule"))
    var schedule = MaskSchedule.cosine

    @Option(help: ArgumentHelp("What divides logits; 0 takes the best code.", valueName: "t"))
    var temperature = SamplerConfiguration().softmaxTemperature

    @Option(help: ArgumentHelp("The noise on confidences, fading.", valueName: "t"))
    var choiceTemperature = SamplerConfiguration().choiceTemperature

    @Option(help: ArgumentHelp("The probability mass to draw from, above 0 to 1.", valueName: "p"))
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
