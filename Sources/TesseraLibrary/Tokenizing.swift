public import CTesseraLibrary
import TesseraDataset
import TesseraJobs
import TesseraPipeline

// The function of tessera.h that turns data sets into tokens. What it promises is written there.

/// Turns pictures in files into shards of tokens.
@_cdecl("tessera_tokenize")
public func tokenizePictures(
    _ pointer: OpaquePointer?, _ inputs: UnsafePointer<UnsafePointer<CChar>?>?,
    _ inputCount: Int, _ output: UnsafePointer<CChar>?,
    _ options: UnsafePointer<tessera_tokenizing>?,
    _ result: UnsafeMutablePointer<tessera_tokenized>?
) -> tessera_status {
    reporting { () throws(Failure) in
        let model = try opened(pointer).needed("model").model
        let start = try inputs.needed("inputs")
        let output = String(cString: try output.needed("output"))
        let count = try checked(inputCount.asUnsigned, "input_count", in: 1 ... largestSize)
        var inputs: [String] = []
        for index in 0 ..< count {
            inputs.append(String(cString: try start[index].needed("inputs[\(index)]")))
        }
        let options = options?.pointee ?? tessera_tokenizing()
        let jobOptions = try options.checked()
        let job = try working { () throws(JobError) in
            try TokenizeJob(
                inputs, allowsCommands: options.allows_commands != 0, with: model, into: output,
                options: jobOptions)
        }
        try watch(job, by: Watcher(options.step, options.context)) { result?.pointee = $0 }
    }
}

/// Runs a job and tells of each input.
///
/// - Parameters:
///   - job: The job.
///   - watcher: Who is told.
///   - finish: Takes what the job came to.
/// - Throws: A ``Failure`` if the job fails, or the caller stops it.
private func watch(
    _ job: TokenizeJob, by watcher: Watcher, finish: (tessera_tokenized) -> Void
) throws(Failure) {
    var (doneCount, expectedCount) = (0, 0)
    for event in job {
        switch try working({ () throws(JobError) in try event.get() }) {
        case .began(let count), .expected(let count): expectedCount = count
        case .encoded, .kept, .passedOver, .failed: doneCount += 1
        case .skipped(let record): doneCount += record.inputs.count
        case .wrote, .noted: break
        case .finished(let result): return finish(tessera_tokenized(result))
        }
        try watcher.tell(doneCount, of: expectedCount)
    }
}

extension tessera_tokenized {
    fileprivate init(_ result: TokenizeResult) {
        self.init(
            done: result.doneCount, skipped: result.skippedCount, filtered: result.filteredCount,
            failed: result.failedCount, failed_before: result.earlierFailureCount,
            missing_shards: result.summary?.missingUnitCount ?? 0)
    }
}

extension tessera_tokenizing {
    /// The options of the job.
    fileprivate func checked() throws(Failure) -> TokenizeOptions {
        var options = TokenizeOptions()
        if let container = try choice(format, "format", of: TokenContainer.allCases) {
            options.container = container
        }
        let shardSize = try TesseraLibrary.checked(
            shard_size.asUnsigned, "shard_size", in: 0 ... 1_000_000)
        if shardSize > 0 { options.shardSize = shardSize }
        options.preparation = try preparation()
        options.task = try task()
        options.isRetrying = retries_failed != 0
        options.isOverwriting = overwrites != 0
        options.isFailingFast = fails_fast != 0
        if memory_limit != 0 { options.memoryLimit = memory_limit.clampedToInt }
        return options
    }

    private func preparation() throws(Failure) -> PicturePreparation {
        let side = try TesseraLibrary.checked(size.asUnsigned, "size", in: 0 ... 16384)
        let fit = try choice(fit, "fit", of: [PicturePreparation.Fit.crop, .pad])
        guard fit == nil || side > 0 else { throw .argument("'fit' needs a 'size'") }
        var preparation = PicturePreparation(side: side > 0 ? side : nil, fit: fit ?? .crop)
        let least = try TesseraLibrary.checked(
            minimum_side.asUnsigned, "minimum_side", in: 0 ... largestSize)
        let most = try TesseraLibrary.checked(
            maximum_side.asUnsigned, "maximum_side", in: 0 ... largestSize)
        if least > 0 { preparation.minimumSide = least }
        if most > 0 { preparation.maximumSide = most }
        guard maximum_aspect == 0 || maximum_aspect >= 1 && maximum_aspect.isFinite else {
            throw .argument("'maximum_aspect' is \(maximum_aspect), but must be at least 1")
        }
        if maximum_aspect > 0 { preparation.maximumAspect = maximum_aspect }
        return preparation
    }

    private func task() throws(Failure) -> JobTask {
        let count = try TesseraLibrary.checked(
            task_count.asUnsigned, "task_count", in: 0 ... JobTask.limit)
        let index = try TesseraLibrary.checked(
            task_index.asUnsigned, "task_index", in: 0 ... max(count, 1) - 1)
        return JobTask(index: index, count: max(count, 1))
    }
}
