import TesseraJSON
import TesseraFiles
import TesseraImage
import Testing
import _TesseraTestSupport

@Suite struct ExperimentCommandTests {
    let folder = TemporaryFolder()

    init() {
        folder.picture("in/a.png", width: 40, height: 36, seed: 1)
        folder.picture("in/b.png", width: 40, height: 36, seed: 2)
        folder.write(
            Array(
                """
                # Words without quotes, lists in both spellings.
                tasks: [inpaint-random, sr4]
                models: "\(tinyModelPath)"
                sheet: 1
                methods:
                  - {method: aps, steps: 1, innerSteps: [1, 2]}
                  - method: replacement
                    steps: 1
                  - smooth
                """.utf8), as: "recipe.yaml")
    }

    func run(_ output: String, _ more: String...) -> Ran {
        tessera(
            [
                "experiment", folder.file("recipe.yaml"), folder.file("in"), "-o",
                folder.file(output),
            ]
                + more)
    }

    /// The rows without what differs from run to run.
    func rows(_ output: String) throws -> [JSONObject] {
        let bytes = try readBytes(path: folder.file(output + "/rows.jsonl"), limit: 1 << 20)
        return try bytes.split(separator: UInt8(ascii: "\n")).map {
            guard case .object(var row) = try JSONValue(parsing: Array($0)) else { return [:] }
            #expect(row["seconds"] != nil)
            row["seconds"] = nil
            return row
        }
    }

    @Test func whatWasStoppedIsFinishedWithTheSameRows() throws {
        #expect(run("whole", "--quiet").code == 0)
        let whole = try rows("whole")
        // Three methods with a model on two tasks, and one without on holes.
        #expect(whole.count == 2 * (3 * 2 + 1))

        // Half of the work, on the second picture first.
        let part = tessera(
            "experiment", folder.file("recipe.yaml"), folder.file("in/b.png"), "-o",
            folder.file("parts"), "--quiet")
        #expect(part.code == 0)
        let rest = run("parts", "--json")
        #expect(rest.code == 0)
        #expect(rest.objects.count { $0["skipped"] == true } == 7)
        #expect(try rows("parts") == whole)
        #expect(run("parts", "--json").objects.count { $0["skipped"] == true } == 14)
    }

    @Test func tablesPlotsAndSheetsAreWritten() throws {
        let done = run("out", "--quiet")
        #expect(done.text.contains("| – | smooth | – |"))
        for task in ["inpaint-random", "sr4"] {
            let plot = try readBytes(path: folder.file("out/plot-\(task).svg"), limit: 1 << 20)
            #expect(String(decoding: plot, as: UTF8.self).contains(">\(task)</text>"))
        }
        // The original, the damaged picture and four methods; one row of pictures.
        let sheet = try folder.image("out/sheet-inpaint-random.png")
        #expect(sheet.width == 6 * (40 + ContactSheetSizes.gap) + ContactSheetSizes.gap)
        let table = try readBytes(path: folder.file("out/table.md"), limit: 1 << 20)
        #expect(String(decoding: table, as: UTF8.self) + "\n" == done.text)
    }

    @Test func aPlanSaysWhatItCosts() throws {
        let plan = run("planned", "--dry-run")
        #expect(plan.code == 0)
        #expect(
            plan.text == """
                2 pictures, 2 tasks, seeds 0, 1 model
                aps 1x1: 4 rows of 1 decodes, 0 done
                aps 1x2: 4 rows of 2 decodes, 0 done
                replacement 1: 4 rows of 0 decodes, 0 done
                smooth: 2 rows of 0 decodes, 0 done
                left: 14 of 14 rows, 12 decodes if each picture is one window
                time: unknown until some rows are done

                """)
        #expect((try? readBytes(path: folder.file("planned/rows.jsonl"), limit: 9)) == nil)
        #expect(run("planned", "--quiet").code == 0)
        #expect(run("planned", "--dry-run").text.contains("left: 0 of 14 rows, 0 decodes"))
    }

    @Test func withoutItsAdditionsAPSIsThePublishedAlgorithm() throws {
        folder.write(
            Array(
                """
                tasks: sr4
                models: "\(tinyModelPath)"
                noise: 0.05
                limit: 1
                methods:
                  - {method: aps, steps: 2, innerSteps: 3}
                  - {method: aps, label: bare, steps: 2, innerSteps: 3, guess: false, warmStart: 0,
                     priorWeight: 0, choiceTemperature: 0, entropyGate: false, schedule: cosine}
                  - {method: aps-published, steps: 2, innerSteps: 3}
                """.utf8), as: "recipe.yaml")
        #expect(run("bare", "--quiet").code == 0)
        let figures = try rows("bare").map { [$0["psnr"], $0["residual"]] }
        try #require(figures.count == 3)
        #expect(figures[1] == figures[2])
        #expect(figures[0] != figures[1])
    }

    @Test func theDistanceJoinsTheTableOnceItIsAsked() throws {
        #expect(run("seen", "--quiet").code == 0)
        #expect(try rows("seen").allSatisfy { $0["perceptual"] == nil })
        let done = run("seen", "--perceptual", narrowSqueezeNetPath, "--quiet")
        #expect(done.text.contains("| SSIM | perceptual | residual | s |"))
        for row in try rows("seen") {
            guard case .real(let distance)? = row["perceptual"] else {
                Issue.record("A row has no distance")
                return
            }
            #expect(distance > 0 && distance < 2)
        }
        let again = run("seen", "--perceptual", narrowSqueezeNetPath, "--json")
        #expect(again.objects.count { $0["skipped"] == true } == 14)
        let none = run("seen", "--perceptual", folder.file("none.safetensors"))
        #expect(none.code == 3)
    }

    @Test(arguments: [
        "methods", "inner-steps", "tokenizers", "table", "ablation", "noise-levels", "holes",
    ])
    func theSamplesAreRecipes(name: String) throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let text = try readBytes(path: "/\(root)/Samples/Recipes/\(name).yaml", limit: 1 << 16)
        // What ships need not be there: any model will do for a plan.
        let models = "models: \"\(tinyModelPath)\"\n"
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("models:") }.joined(separator: "\n")
            .replacing("kernel: ", with: "kernel: /\(root)/")
        folder.write(Array((models + lines).utf8), as: "recipe.yaml")
        let plan = run("plan", "--dry-run")
        #expect(plan.messages == "")
        #expect(plan.code == 0)
    }

    static let faults = [
        ("tasks: [sr4", "line 2, column 1: did not find expected ',' or ']'"),
        ("tasks: sr4\ntasks: sr2", "'tasks' comes twice in one object; keep one of the two"),
        ("- sr4", "a recipe is an object of keys and values"),
        ("", "the file is empty"),
        (
            "tasks: sr4\nmethod: aps",
            "the recipe has a key 'method', which is not known; "
                + "the nearest is 'methods'"
        ),
    ]

    @Test(arguments: faults)
    func aRecipeThatIsNoneIsRefused(text: String, sentence: String) {
        folder.write(Array(text.utf8), as: "recipe.yaml")
        let refused = run("none")
        #expect(refused.code == 2)
        #expect(refused.messages == "tessera: \(folder.file("recipe.yaml")): \(sentence)\n")
    }
}

/// What the sheet of an experiment is measured by.
private enum ContactSheetSizes {
    static let gap = 6
}
