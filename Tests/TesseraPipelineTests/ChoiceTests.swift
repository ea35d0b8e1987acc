import TesseraInverse
import TesseraPipeline
import TesseraPosterior
import TesseraSampler
import Testing

/// The lists that commands and recipes choose from by name.
@Suite struct ChoiceTests {
    static let names: [[String]] = [
        Degradation.all.map(\.name), RecoveryMethod.all.map(\.name), MaskSchedule.all.map(\.name),
        TrialMethod.all.flatMap { [$0.name] + $0.aliases },
    ]

    @Test(arguments: names)
    func namesAreUniqueAndEasilyTyped(_ names: [String]) {
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(!name.isEmpty)
            #expect(
                name.allSatisfy { $0 == "-" || ($0.isASCII && ($0.isLowercase || $0.isNumber)) })
        }
    }

    /// Names that recipes and files of results may hold: more may come, none may go.
    @Test func namesThatWereGivenOnceStay() {
        #expect(
            Set(Degradation.all.map(\.name)).isSuperset(of: [
                "inpaint-box", "inpaint-blob", "inpaint-random", "inpaint-scratches", "sr2", "sr4",
                "sr8", "pool4", "deblur-gaussian",
                "deblur-motion", "deblur-nonlinear", "hdr", "jpeg", "colorize", "denoise",
                "compressed-sensing", "phase-retrieval",
            ]))
        #expect(
            Set(TrialMethod.all.map(\.name)).isSuperset(of: [
                "aps", "aps-published", "replacement", "best-of-n", "g2d2", "sgdd",
                "bicubic", "smooth", "exemplar", "rough", "oracle",
            ]))
        #expect(
            Set(MaskSchedule.all.map(\.name)).isSuperset(of: [
                "cosine", "arccos", "linear", "square-root",
            ]))
        #expect(TrialMethod.all.count == RecoveryMethod.all.count + Baseline.all.count)
    }

    @Test func aNameFindsItsValue() {
        for degradation in Degradation.all {
            #expect(Degradation.named(degradation.name) == degradation)
        }
        for method in TrialMethod.all {
            #expect(TrialMethod.named(method.name) == method)
            for alias in method.aliases { #expect(TrialMethod.named(alias) == method) }
        }
        #expect(TrialMethod.named("ceiling") == .baseline(.oracle))
        #expect(Degradation.named("sr3") == nil)
    }

    static let summaries =
        Degradation.all.map(\.summary) + Degradation.all.compactMap(\.restoration)
        + RecoveryMethod.all.map(\.summary) + Baseline.all.map(\.summary)

    @Test(arguments: summaries)
    func aSummaryIsAPartOfOneSentence(_ summary: String) {
        #expect(!summary.isEmpty)
        #expect(!summary.contains(". ") && !summary.hasSuffix("."))
        #expect(!summary.contains("\n"))
    }

    @Test(arguments: Degradation.all)
    func aDegradationIsConsistent(_ degradation: Degradation) {
        #expect(degradation.required.isSubset(of: degradation.accepted))
        #expect(degradation.accepted.contains(.noise))
        // What leaves no picture that says all cannot be restored from one.
        if degradation.hasMask || !degradation.givesPicture {
            #expect(degradation.restoration == nil)
        }
        if let method = degradation.classicalMethod {
            #expect(Baseline.named(method)?.applies(to: degradation) == true)
        }
    }

    /// A baseline without a degradation to undo would never run.
    @Test(arguments: Baseline.all)
    func aBaselineHasSomethingToUndo(_ baseline: Baseline) {
        #expect(Degradation.all.contains(where: baseline.applies))
    }

    @Test(arguments: RecoveryMethod.all)
    func aMethodIsConsistent(_ method: RecoveryMethod) {
        #expect(method.defaults.stepCount >= 1 && method.defaults.cacheInterval >= 1)
        let names = method.parameters.map(\.name)
        #expect(Set(names).count == names.count)
        let (steps, inner) = method.counts(forBudget: RecoveryOptions.usualBudget)
        #expect(steps >= 1 && (inner >= 1) == method.asksMeasurement)
    }
}
