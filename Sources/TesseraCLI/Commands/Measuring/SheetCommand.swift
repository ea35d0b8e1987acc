import ArgumentParser
import TesseraFiles
import TesseraImage
import TesseraJSON
import TesseraJobs
import TesseraPipeline

/// Pictures to one contact sheet.
struct SheetCommand: JobCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet",
        abstract: "Put pictures side by side on a contact sheet, with labels.",
        discussion: """
            Smaller pictures are enlarged by whole factors. Labels are printable ASCII, one for each \
            picture; without them, the names of the files are the labels.

            Example: tessera sheet in.png holed.png whole.png --labels input,damaged,result \
            -o sheet.png --columns 3
            """)

    @Argument(
        help: ArgumentHelp("The pictures, in reading order, or folders of them.", valueName: "in"),
        completion: .file())
    var inputs: [String]

    @Option(help: ArgumentHelp("The labels, with commas between them.", valueName: "label,…"))
    var labels: String?

    @Option(help: ArgumentHelp("How many pictures a row has.", valueName: "n"))
    var columns = 4

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file of the contact sheet.", valueName: "out"),
        completion: .file())
    var output: String

    @Flag(help: "Replace a file that exists.")
    var overwrite = false

    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if !(1 ... 1000).contains(columns) {
            throw ValidationError("'--columns' is \(columns), but must be from 1 to 1000")
        }
        if (try? ImageFormat(path: output)) == nil {
            throw ValidationError("'\(output)' must end in .png or .jpg")
        }
    }

    func run(on console: Console) throws(CommandFailure) -> ExitStatus {
        reporting.apply()
        // One by one: versions of a picture have one name in folders of their own.
        let lists = inputs.map { InputList(arguments: [$0]) }
        let files = lists.flatMap(\.files)
        let names = labels?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if let names, names.count != files.count {
            throw .usage("there are \(names.count) labels for \(files.count) pictures")
        }
        if isRegularFile(output) && !overwrite {
            throw .usage("'\(output)' exists; pass --overwrite to replace it")
        }
        try checkPlace(output)
        let batch = Batch(on: console, reporting: reporting, itemCount: files.count)
        for failure in lists.flatMap(\.failures) { try batch.fail(failure.path, failure.sentence) }
        var pictures: [ContactSheet.Picture] = []
        for (number, file) in files.enumerated() {
            try batch.attempt(file.path) {
                let image = try file.image()
                pictures.append(
                    ContactSheet.Picture(image: image, label: names?[number] ?? file.stem))
                return .done(["width": .integer(image.width), "height": .integer(image.height)])
            }
        }
        if !pictures.isEmpty {
            try batch.ending { () throws(CommandFailure) in
                try write(ContactSheet(pictures: pictures, columnCount: columns))
            }
        }
        return try batch.finish()
    }

    private func write(_ sheet: ContactSheet) throws(CommandFailure) {
        let (width, height) = sheet.size
        let (pixelCount, isTooLarge) = width.multipliedReportingOverflow(by: height)
        guard !isTooLarge, pixelCount <= ContactSheet.maximumPixelCount else {
            throw .usage(
                "the sheet would have \(width) x \(height) pixels, but at most "
                    + "\(ContactSheet.maximumPixelCount) in all are made; use fewer pictures")
        }
        do {
            try makeFolders(output.folder)
            try sheet.image.write(to: output, as: ImageFormat(path: output))
        } catch {
            throw .storage(sentence(of: error))
        }
    }
}
