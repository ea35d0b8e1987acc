import TesseraCheckpoint
import TesseraFiles
import TesseraImage
import TesseraInverse
import TesseraJSON
import TesseraPipeline
import TesseraTensor

/// The measurements of an experiment as files, so that other programs recover from the very same.
///
/// `TASK/task.json` says what was done, and `TASK/kernel.npy` by which kernel. `TASK/SEED/PICTURE.npy`
/// has the numbers, `[1, height, width, channels]`, in 32 bits and units of [-1, 1], as every method
/// of the experiment gets them; `PICTURE-mask.png` beside it is white where pixels are missing.
struct MeasurementFolder {
    /// The folder.
    let path: String

    /// Stores a measurement unless it is there.
    ///
    /// - Parameters:
    ///   - measured: What was measured.
    ///   - task: What was done.
    ///   - kernel: The kernel of the blur, if there is one.
    ///   - seed: The seed of the choices and of the noise.
    ///   - picture: The name of the picture.
    /// - Throws: What the system refused.
    func store(
        _ measured: @autoclosure () -> Measured, of task: ExperimentTask, kernel: BlurKernel?,
        seed: UInt64, picture: String
    ) throws {
        let folder = "\(path)/\(task.name)"
        let numbers = "\(folder)/\(seed)/\(picture).npy"
        guard !isRegularFile(numbers) else { return }
        try makeFolders(numbers.folder)
        try writeTextFile(
            JSONValue.object(task.metadata).compactText + "\n", to: folder + "/task.json")
        if let kernel {
            try NumPyFile.write(
                Tensor(shape: [kernel.height, kernel.width], elements: kernel.weights),
                to: folder + "/kernel.npy", replacing: true)
        }
        let measured = measured()
        if let hole = measured.hole {
            try hole.picture.write(
                to: "\(folder)/\(seed)/\(picture)-mask.png", as: .png)
        }
        try NumPyFile.write(measured.observed, to: numbers, replacing: true)
    }
}
