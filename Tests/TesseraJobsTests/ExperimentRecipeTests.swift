import TesseraInverse
import TesseraJSON
import TesseraJobs
import TesseraPipeline
import TesseraPosterior
import Testing

@Suite struct ExperimentRecipeTests {
    func recipe(_ text: String) throws -> ExperimentRecipe {
        guard case .object(let object) = try JSONValue(parsing: text) else {
            throw RecipeFault.empty
        }
        return try ExperimentRecipe(object)
    }

    @Test func listsMultiply() throws {
        let recipe = try recipe(
            """
            {"tasks": ["inpaint-box", "sr4"], "budget": [24, 72], "seeds": [0, 1], "noise": [0, 0.05],
             "methods": ["aps", {"method": "sgdd", "steps": [2, 3], "innerSteps": [4, 5]},
                         {"method": "replacement", "steps": 7}, "bicubic"]}
            """)
        #expect(
            recipe.variants.map(\.name) == [
                "aps 12x2", "aps 12x6", "sgdd 2x4", "sgdd 2x5", "sgdd 3x4", "sgdd 3x5",
                "replacement 7", "bicubic",
            ])
        let cells = recipe.cells(models: ["a", "b"], pictures: ["x", "y", "z"])
        // Seven variants with a model on two tasks, and bicubic on one; two noises.
        #expect(cells.count == (2 * 7 * 2 + 1) * 2 * 2 * 3)
        #expect(Set(cells).count == cells.count)
        #expect(Set(cells.map { $0.identity(weights: nil) }).count == cells.count)
    }

    @Test func tasksHaveParametersThatTellThemApart() throws {
        let recipe = try recipe(
            """
            {"tasks": ["inpaint-blob", "inpaint-box",
                       {"task": "inpaint-box", "boxSide": [64, 96], "boxPlace": ["middle", "random"]}],
             "noise": [0, 0.1], "methods": ["smooth"]}
            """)
        #expect(
            recipe.experimentTasks.filter { $0.noise == 0 }.map(\.name) == [
                "inpaint-blob", "inpaint-box", "inpaint-box", "inpaint-box-64-random",
                "inpaint-box-96", "inpaint-box-96-random",
            ])
        #expect(recipe.experimentTasks.last?.name == "inpaint-box-96-random-noise-0.1")
        #expect(recipe.experimentTasks.last?.degradation.parameters.boxSide == 96)
        #expect(recipe.experimentTasks.last?.degradation.parameters.boxPlace == .random)
        // What says nothing is what says the usual, and rows of before are of it.
        let cells = recipe.cells(models: [], pictures: ["x"])
        let identities = Set(cells.map { $0.identity(weights: nil) })
        #expect(identities.count == Set(recipe.experimentTasks).count && identities.count == 10)
        #expect(cells.filter { $0.identity(weights: nil)["boxSide"] == nil }.count == 6)
    }

    @Test func tasksHaveNoiseAndNumbersOfTheirOwn() throws {
        let recipe = try recipe(
            """
            {"tasks": [{"task": "denoise", "noise": [0.1, 0.2]}, {"task": "jpeg", "quality": [10, 20]},
                       {"task": "inpaint-random", "missing": [0.7, 0.9]}, "sr4",
                       {"task": "deblur-gaussian", "deviation": [1.6, 3], "noise": 0.02},
                       {"task": "deblur-motion", "noise": 0.02}],
             "kernel": "k.png", "methods": ["aps"]}
            """)
        let tasks = recipe.experimentTasks
        #expect(
            tasks.map(\.name) == [
                "denoise-noise-0.1", "denoise-noise-0.2", "jpeg-10", "jpeg", "inpaint-random",
                "inpaint-random-0.9", "sr4", "deblur-gaussian-1.6-noise-0.02",
                "deblur-gaussian-noise-0.02", "deblur-motion-noise-0.02",
            ])
        #expect(tasks.map(\.kernel) == Array(repeating: nil, count: 9) + ["k.png"])
        let degradations = tasks.map { $0.degradation(kernel: nil) }
        #expect(degradations[2].parameters.quality == 10)
        #expect(degradations[5].parameters.missing == 0.9)
        #expect(degradations[7].blur == .gaussian(side: 61, deviation: 1.6))
        #expect(degradations[8].blur == Degradation.deblurGaussian.blur)
        let cells = recipe.cells(models: ["m"], pictures: ["x"])
        #expect(Set(cells.map { $0.identity(weights: nil) }).count == 10)
    }

    @Test func settingsMultiplyAndTellVariantsApart() throws {
        let recipe = try recipe(
            """
            {"tasks": ["sr4", "deblur-motion"], "kernel": "k.png", "projection": false,
             "methods": [{"method": "aps", "steps": 2, "innerSteps": 1, "warmStart": [0, 0.5],
                          "entropyGate": [false, true]},
                         {"method": "aps", "label": "bare", "priorWeight": 0, "projection": true},
                         {"method": "aps-published", "revisit": [0, 0.2], "label": "p"}]}
            """)
        #expect(
            recipe.variants.map(\.name) == [
                "aps 2x1 warmStart 0.0 entropyGate false",
                "aps 2x1 warmStart 0.0 entropyGate true",
                "aps 2x1 warmStart 0.5 entropyGate false",
                "aps 2x1 warmStart 0.5 entropyGate true", "bare 12x3",
                "p 18x2 revisit 0.0", "p 18x2 revisit 0.2",
            ])
        let cells = recipe.cells(models: ["m"], pictures: ["x"])
        #expect(Set(cells.map { $0.identity(weights: nil) }).count == cells.count)
        #expect(
            cells.map(\.task.kernel) == Array(repeating: nil, count: 7)
                + Array(repeating: "k.png", count: 7))
        #expect(cells.filter(\.isProjected).map(\.variant.series) == ["bare", "bare"])
    }

    @Test func looksMultiplyAndOnlyThoseThatAreNotUsualAreInRows() throws {
        let recipe = try recipe(
            #"{"tasks": "sr4", "methods": {"method": "pixels", "look": ["faithful", "0.25", "sharp"]}}"#
        )
        #expect(
            recipe.variants.map(\.name)
                == ["pixels look faithful", "pixels look 0.25", "pixels look sharp"])
        let cells = recipe.cells(models: [], pictures: ["a"])
        #expect(cells.map { $0.options.look.sharpness } == [0, 0.25, 1])
        #expect(cells.map { $0.identity(weights: nil)["look"] } == [nil, "0.25", "sharp"])
    }

    /// Rows of holes say their texture in any case: what was recorded before there was a choice is redone.
    @Test func texturesMultiplyAndAreInTheRowsOfHoles() throws {
        let recipe = try recipe(
            """
            {"tasks": ["inpaint-blob", "sr4"], "noise": [0, 0.1],
             "methods": ["aps", {"method": "replacement", "texture": ["auto", "model"]},
                         {"method": "aps", "label": "soft", "texture": "model"}, "exemplar"]}
            """)
        #expect(
            recipe.variants.map(\.name) == [
                "aps 12x3", "replacement 12 texture auto", "replacement 12 texture model",
                "soft 12x3", "exemplar",
            ])
        let cells = recipe.cells(models: ["m"], pictures: ["x"])
        #expect(Set(cells.map { $0.identity(weights: nil) }).count == cells.count)
        for cell in cells {
            let texture = cell.identity(weights: nil)["texture"]
            let isHole = cell.task.degradation.hasMask && cell.task.noise == 0
            switch cell.variant.series {
            case "aps":
                #expect(texture == (isHole ? "auto" : nil))
                #expect(cell.options.texture == .auto)
            case "soft":
                #expect(texture == "model")
                #expect(cell.options.texture == .model)
            case "exemplar":
                #expect(texture == nil && cell.task.degradation.hasMask && cell.model == nil)
            default: #expect(texture != nil)
            }
        }
    }

    @Test func everyMethodSpendsItsBudget() {
        for method in RecoveryMethod.all where method.asksMeasurement {
            for budget in [1, 5, 36, 72, 100, 1500] {
                let (steps, inner) = method.counts(forBudget: budget)
                #expect(steps >= 1 && inner >= 1)
                #expect(steps * inner <= budget && 2 * steps * inner > budget)
            }
        }
    }

    static let faults = [
        (
            #"{"tasks": "sr4", "metods": "aps"}"#,
            "the recipe has a key 'metods', which is not known; the nearest is 'methods'"
        ),
        (#"{"methods": "aps"}"#, "the recipe lacks the key 'tasks'"),
        (
            #"{"tasks": "sr5", "methods": "aps"}"#,
            "'tasks' of the recipe has 'sr5', which is not known; the nearest is 'sr2'"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "g2d", "step": 1}}"#,
            "the recipe has a key 'methods.step', which is not known; the nearest is 'steps'"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "aps", "budget": 9, "steps": 3}}"#,
            "'methods' of the recipe has a budget, which sets steps and innerSteps; "
                + "leave it or them out"
        ),
        (
            #"{"tasks": "sr4", "methods": "aps", "budget": 0}"#,
            "'budget' of the recipe is 0, but must be at least 1"
        ),
        (
            #"{"tasks": "sr4", "methods": "aps", "limit": "ten"}"#,
            "'limit' of the recipe must be a whole number or a list of them"
        ),
        (
            #"{"tasks": "sr4", "methods": "aps", "noise": -1}"#,
            "'noise' of the recipe must be a number from 0 up, or a list of them"
        ),
        (
            #"{"tasks": "deblur-motion", "methods": "aps"}"#,
            "the task 'deblur-motion' of the recipe needs the key 'kernel'; add it, such as "
                + "Samples/Kernels/motion-1.png"
        ),
        (
            #"{"tasks": "sr4", "methods": "aps", "kernel": "k.png"}"#,
            "the recipe has a 'kernel', but no task 'deblur-motion'; leave it out or add the task"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "g2d2", "warmStart": 0}}"#,
            "'methods.warmStart' of the recipe is a setting of aps and aps-published, but the "
                + "method is 'g2d2'; leave it out"
        ),
        (
            #"{"tasks": "inpaint-box", "methods": {"method": "aps", "texture": "modell"}}"#,
            "'methods.texture' of the recipe has 'modell', which is not known; the nearest is 'model'"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "pixels", "look": "sharper"}}"#,
            "'methods.look' of the recipe has 'sharper', which is not known; the nearest is 'sharp'"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "aps", "look": "sharp"}}"#,
            "'methods.look' of the recipe is a setting of pixels, but the method is 'aps'; leave it out"
        ),
        (
            #"{"tasks": "inpaint-box", "methods": {"method": "smooth", "texture": "auto"}}"#,
            "'methods.texture' of the recipe is a setting of methods that sample, but the method is "
                + "'smooth'; leave it out"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "aps", "warmstart": 0}}"#,
            "the recipe has a key 'methods.warmstart', which is not known; the nearest is "
                + "'warmStart'"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "aps", "schedule": "cosin"}}"#,
            "'methods.schedule' of the recipe has 'cosin', which is not known; the nearest is "
                + "'cosine'"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "aps", "entropyGate": 1}}"#,
            "'methods.entropyGate' of the recipe must be true or false, or a list of them"
        ),
        (
            #"{"tasks": "sr4", "methods": {"method": "aps", "revisit": [0.5, 1.5]}}"#,
            "'methods.revisit' of the recipe must be a number from 0 to 1, or a list of them"
        ),
        (
            #"{"tasks": "sr4", "methods": ["aps", {"method": "aps", "guess": false}]}"#,
            "two methods of the recipe have the name 'aps 12x3'; add a 'label' to one of them"
        ),
        (
            #"{"tasks": {"task": "sr4", "boxSide": 64}, "methods": "aps"}"#,
            "'tasks.boxSide' of the recipe is a parameter of inpaint-box, but the task is 'sr4'; "
                + "leave it out"
        ),
        (
            #"{"tasks": {"task": "inpaint-box", "boxPlace": "centre"}, "methods": "aps"}"#,
            "'tasks.boxPlace' of the recipe has 'centre', which is not known; the nearest is "
                + "'middle'"
        ),
        (
            #"{"tasks": {"task": "jpeg", "quality": [50, 101]}, "methods": "aps"}"#,
            "'tasks.quality' of the recipe is 101, but must be at most 100"
        ),
        (
            #"{"tasks": {"task": "deblur-motion", "deviation": 2}, "methods": "aps"}"#,
            "'tasks.deviation' of the recipe is a parameter of deblur-gaussian and deblur-nonlinear, "
                + "but the task is 'deblur-motion'; leave it out"
        ),
        (
            #"{"tasks": {"task": "inpaint-random", "missing": 1.5}, "methods": "aps"}"#,
            "'tasks.missing' of the recipe must be a number from 0 to 1, or a list of them"
        ),
        (
            #"{"tasks": {"boxSide": 64}, "methods": "aps"}"#,
            "the recipe lacks the key 'tasks.task'"
        ),
        (#"{"tasks": 4, "methods": "aps"}"#, "'tasks' of the recipe must be a list of tasks"),
        (
            #"{"tasks": "sr4", "methods": "smooth"}"#,
            "no method of the recipe can do any of its tasks; add a method or a task"
        ),
    ]

    @Test(arguments: faults)
    func aFaultNamesTheKeyAndTheRemedy(text: String, sentence: String) {
        #expect {
            try recipe(text)
        } throws: {
            "\($0)" == sentence
        }
    }

    @Test func anIntervalIsStudents() {
        let estimate = Estimate([1, 2, 3, 4, 5])
        #expect(estimate.mean == 3)
        // t = 2.776 for four degrees of freedom, the deviation √2.5, of five values.
        #expect(abs(estimate.halfWidth - 2.776 * 0.5.squareRoot()) < 1e-12)
        #expect(Estimate([7]).halfWidth == 0)
    }

    @Test func aReportComparesTheSamePictures() throws {
        let recipe = try recipe(
            #"{"tasks": "sr4", "methods": ["aps", "bicubic"], "seeds": [0, 1]}"#)
        let cells = recipe.cells(models: ["m"], pictures: ["x", "y"])
        // Pictures differ by 10 dB, seeds by 2 dB, and methods by 1 dB exactly.
        let rows = cells.map { cell -> ExperimentReport.Row in
            let psnr =
                20.0 + (cell.picture == "x" ? 10 : 0) + (cell.seed == 1 ? 2 : 0)
                + (cell.variant.method == .baseline(.bicubic) ? 1 : 0)
            return (cell, ["psnr": .real(psnr), "decodes": 72])
        }
        let report = ExperimentReport(rows)
        let lines = report.markdown.split(separator: "\n")
        #expect(lines.first == "## sr4")
        #expect(lines.contains { $0.hasPrefix("| m | aps 12x3 | 72 | 26.00 ± 63.53 | – |") })
        #expect(lines.contains { $0.hasPrefix("| – | bicubic | 72 | 27.00 ± 63.53 | 1.00 |") })
        let svg = report.plot(of: try #require(report.tasks.first)).svg
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(svg.split(separator: "<circle").count == 3)
        #expect(svg.contains(">aps, m</text>"))
    }

    @Test func holesHaveATableOfTheirOwn() throws {
        let recipe = try recipe(#"{"tasks": ["inpaint-box", "sr4"], "methods": ["aps", "smooth"]}"#)
        let cells = recipe.cells(models: ["m"], pictures: ["x", "y"])
        let rows = cells.map { cell -> ExperimentReport.Row in
            guard cell.task.degradation.hasMask else { return (cell, ["psnr": 30]) }
            let isFirst = cell.picture == "x"
            let isSmooth = cell.variant.method == .baseline(.smooth)
            return (
                cell,
                [
                    "psnr": 30, "holePsnr": 20, "holeDistance": .real(isSmooth ? 0.75 : 0.5),
                    "sharpness": .real(isFirst ? 0.25 : 1), "frechet": 0.125, "seam": 1.25,
                ]
            )
        }
        let lines = ExperimentReport(rows).markdown.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("The hole: ") } == 1)
        // The mean of a quarter and one is a half, one doubling off.
        #expect(
            lines.contains(
                "| m | aps 12x3 | 20.00 | 0.500 | – | 0.50 | 1.00 | 0.125 | 1.25 | – |"))
        #expect(
            lines.contains(
                "| – | smooth | 20.00 | 0.750 | 0.250 | 0.50 | 1.00 | 0.125 | 1.25 | – |"))
    }

    @Test func noiseHasAPlotWhereThereAreTwoLevels() throws {
        let recipe = try recipe(
            #"{"tasks": ["sr4", "sr2"], "noise": [0, 0.05, 0.2], "methods": ["aps", "bicubic"]}"#)
        // Without the strongest noise there is but one level of sr2.
        let cells = recipe.cells(models: ["m"], pictures: ["x", "y"])
            .filter { $0.task.degradation == .sr4 || $0.task.noise < 0.2 }
        let rows = cells.map { cell -> ExperimentReport.Row in
            (cell, ["psnr": .real(30 - 20 * cell.task.noise), "decodes": 72])
        }
        let plots = ExperimentReport(rows).noisePlots
        #expect(plots.map(\.name) == ["sr4"])
        let svg = try #require(plots.first).plot.svg
        // Two methods at two levels: no noise has no place on the axis.
        #expect(svg.split(separator: "<circle").count == 5)
        #expect(svg.contains(">0.05</text>") && svg.contains(">0.2</text>"))
        #expect(svg.contains(">aps 12x3, m</text>"))
    }

    @Test func aSeriesWithoutDecodesIsALineAcross() {
        let plot = ScatterPlot(
            title: "a < b & c", xLabel: "decodes", yLabel: "PSNR, dB",
            series: [
                .init(name: "flat", points: [.init(x: 0, y: 20, halfWidth: 1)]),
                .init(
                    name: "rising",
                    points: [.init(x: 100, y: 25, halfWidth: 1), .init(x: 10, y: 15, halfWidth: 2)]),
            ])
        #expect(plot.svg.contains("stroke-dasharray"))
        #expect(plot.svg.contains("a &lt; b &amp; c"))
        #expect(plot.svg.split(separator: "<circle").count == 3)
    }

    @Test func numbersHaveFixedDigits() {
        #expect(fixed(28.0449, 2) == "28.04")
        #expect(fixed(-0.004, 2) == "0.00")
        #expect(fixed(.infinity, 2) == "inf")
    }
}
