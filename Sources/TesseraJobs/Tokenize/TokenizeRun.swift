import TesseraDataset
import TesseraFiles
import TesseraImage
import TesseraPipeline

/// The work of one task: the units of a plan that are its own, shard by shard.
struct TokenizeRun {
    private let plan: TokenPlan
    private let folder: TokenFolder
    private let options: TokenizeOptions
    private let encoder: PictureEncoder
    private let events: JobChannel<TokenizeEvent>

    private let prefetch: ArchivePrefetch
    private let knownPictureCount: Int
    private var result: TokenizeResult
    private var pictureCount = 0
    private var openedArchiveCount = 0
    private var isStopped = false
    private var brokenShards: Set<String> = []
    private var archiveKeyHashes: Set<Int> = []

    /// Opens the folder.
    ///
    /// - Throws: ``JobError`` if the folder holds something else, is in use, or cannot be made.
    init(_ job: TokenizeJob, telling events: JobChannel<TokenizeEvent>) throws(JobError) {
        plan = job.plan
        options = job.options
        knownPictureCount = job.pictureCount
        do {
            try makeFolders(job.output.folder)
            folder = try TokenFolder(
                path: job.output,
                job: TokenJob(
                    origin: job.model.tokenOrigin, container: options.container,
                    shardSize: options.shardSize,
                    preparation: options.metadata),
                task: options.task, isOverwriting: options.isOverwriting)
        } catch { throw JobError(writing: error) }
        encoder = PictureEncoder(
            model: job.model, preparation: options.preparation,
            texts: FolderTexts(options.samples), gate: MemoryGate(limit: options.memoryLimit),
            isFailingFast: options.isFailingFast)
        prefetch = ArchivePrefetch(options.samples)
        result = TokenizeResult(times: encoder.times)
        self.events = events
    }

    /// Makes what is missing, and tells of it.
    ///
    /// - Parameter faults: What is wrong with the inputs as a whole.
    /// - Throws: ``JobError`` that ends the run, such as a full disk.
    mutating func run(faults: [FailedItem]) throws(JobError) {
        events.send(.began(pictureCount: knownPictureCount))
        for fault in faults { fail(fault) }
        // All tasks find the same faults; one tells.
        if options.task.index == 0 { for fault in plan.faults { fail(FailedItem(fault)) } }
        do {
            for (number, unit) in plan.units.enumerated()
            where options.task.owns(unit: number) && !isStopped && !events.isClosed {
                switch unit {
                case .pictures(let places): try make(plan.items(places)[...], number: number)
                case .archive(let location): try make(location, number: number)
                }
            }
            guard !events.isClosed else { return }
            result.summary = try folder.summarize(plan)
        } catch { throw JobError(writing: error) }
        events.send(.finished(result))
    }

    private mutating func make(_ items: ArraySlice<ImageItem>, number: Int) throws {
        let name = TokenPlan.shardName(unit: number)
        let keys = items.map(\.key)
        let inputs = ShardInputs(keys: keys)
        let record = try wholeRecord(of: name)
        if let record {
            guard record.inputs.source == nil, record.inputs.begin(keys) else {
                throw DatasetError.shard(path: folder.path, .inputs(shard: name))
            }
            if record.inputs == inputs && !needsRetry(record) { return skip(record) }
        }
        try write(ShardDraft(shard: name, inputs: inputs), of: items, replacing: record)
    }

    private mutating func make(_ location: ArchiveLocation, number: Int) throws {
        let source = location.path.lastComponent
        var records: [ShardRecord] = []
        while records.last?.inputs.isLast != true,
            let record = try wholeRecord(
                of: TokenPlan.shardName(unit: number, part: records.count))
        {
            guard record.inputs.source == source else {
                throw DatasetError.shard(path: folder.path, .inputs(shard: record.shard))
            }
            records.append(record)
        }
        let mustRetry = records.contains(where: needsRetry)
        if records.last?.inputs.isLast == true && !mustRetry {
            for record in records { skip(record) }
            return
        }
        let archive = prefetch.open(location)
        if let next = nextArchive(after: number), next.mustBeUnpacked { prefetch.begin(next) }
        if let fault = archive.faults.first(where: \.isRefusedWrite) { throw fault }
        expectPictures(of: archive)
        for item in archive.items where !archiveKeyHashes.insert(item.key.hashValue).inserted {
            throw DatasetError.shard(
                path: folder.path, .repeatedKey(item.key, place: item.path))
        }
        try makeParts(of: archive, number: number, source: source, records: records)
    }

    private mutating func makeParts(
        of archive: ArchiveItems, number: Int, source: String, records: [ShardRecord]
    ) throws {
        let size = folder.job.shardSize
        let partCount = max((archive.items.count + size - 1) / size, 1)
        for part in 0 ..< partCount where !isStopped {
            let name = TokenPlan.shardName(unit: number, part: part)
            let items = archive.items[
                part * size ..< min((part + 1) * size, archive.items.count)]
            let isLast = part == partCount - 1
            let inputs = ShardInputs(keys: items.map(\.key), source: source, isLast: isLast)
            let record = part < records.count ? records[part] : try wholeRecord(of: name)
            if let record, record.inputs == inputs, !needsRetry(record) {
                skip(record)
                continue
            }
            guard record == nil || options.isRetrying else {
                throw DatasetError.shard(path: folder.path, .inputs(shard: name))
            }
            var draft = ShardDraft(shard: name, inputs: inputs)
            // What is wrong with the archive as a whole is said where it ends.
            if isLast { draft.failures = archive.faults.map { FailedItem($0) } }
            let notes = isLast ? archive.notes.map { FailedItem($0) } : []
            try write(draft, of: items, replacing: record, notes: notes)
        }
        for record in records.dropFirst(partCount) where !isStopped {
            try folder.remove(record.shard)
        }
    }

    /// The next archive of this task of which nothing has been made yet.
    private func nextArchive(after number: Int) -> ArchiveLocation? {
        for next in plan.units.indices.dropFirst(number + 1) where options.task.owns(unit: next) {
            if case .archive(let location) = plan.units[next],
                (try? folder.record(of: TokenPlan.shardName(unit: next, part: 0))) == nil
            {
                return location
            }
        }
        return nil
    }

    /// The record of a shard whose files are as it says; any other shard is made again.
    private mutating func wholeRecord(of shard: String) throws -> ShardRecord? {
        guard !brokenShards.contains(shard) else { return nil }
        let fault: DatasetError
        do throws(DatasetError) {
            guard let record = try folder.record(of: shard) else { return nil }
            guard let found = record.fault(in: folder.path, verifiesHash: options.isVerifying)
            else { return record }
            fault = found
        } catch {
            if case .shard(_, .format) = error { throw error }
            fault = error
        }
        brokenShards.insert(shard)
        events.send(
            .noted(
                FailedItem(
                    path: "\(folder.path)/\(shard)", code: fault.code,
                    sentence: "the shard is made again: \(fault.located.sentence)")))
        return nil
    }

    private func needsRetry(_ record: ShardRecord) -> Bool {
        options.isRetrying && !record.failures.isEmpty
    }

    /// Encodes what a shard has not got yet, and writes it.
    private mutating func write(
        _ draft: ShardDraft, of items: ArraySlice<ImageItem>, replacing record: ShardRecord?,
        notes: [FailedItem] = []
    ) throws {
        let grids = try record.map { record in try folder.grids(of: record) } ?? [:]
        for note in notes { events.send(.noted(note)) }
        for failure in draft.failures { fail(failure) }
        let outcomes = encoder.outcomes(of: items, reusing: grids) { item, outcome in
            for note in outcome.notes { events.send(.noted(note)) }
            return events.send(TokenizeEvent(outcome, of: item))
        }
        for outcome in outcomes { count(outcome) }
        let hasFailed = outcomes.contains(where: \.isFailure) || !draft.failures.isEmpty
        if events.isClosed || outcomes.count < items.count
            || encoder.isFailingFast && hasFailed
        {
            isStopped = true
            return
        }
        var draft = draft
        let wholeFailures = draft.failures
        draft.failures = []
        for outcome in outcomes {
            switch outcome {
            case .grid(let grid, _, _): draft.grids.append(grid)
            case .failed(let failure): draft.failures.append(failure)
            case .passedOver(let reason): draft.filtered[reason, default: 0] += 1
            }
        }
        draft.failures += wholeFailures
        for note in notes + outcomes.flatMap(\.notes) { draft.noted[note.code, default: 0] += 1 }
        let written = try encoder.times.measure(.write) { try folder.write(draft) }
        events.send(.wrote(written))
    }

    private mutating func fail(_ failure: FailedItem) {
        result.failedCount += 1
        events.send(.failed(failure))
    }

    private mutating func skip(_ record: ShardRecord) {
        result.skippedCount += record.sums.itemCount
        result.earlierFailureCount += record.failures.count
        events.send(.skipped(record))
    }

    private mutating func count(_ outcome: PictureEncoder.Outcome) {
        switch outcome {
        case .grid(_, isNew: true, _): result.doneCount += 1
        case .grid(_, isNew: false, _): result.skippedCount += 1
        case .failed: result.failedCount += 1
        case .passedOver: result.filteredCount += 1
        }
    }

    /// Guesses how many pictures there are: those known, and in each archive that is not opened yet
    /// as many as in the others on average.
    private mutating func expectPictures(of archive: ArchiveItems) {
        pictureCount += archive.items.count
        openedArchiveCount += 1
        let archiveCount = plan.units.enumerated().count { unit in
            guard options.task.owns(unit: unit.offset), case .archive = unit.element else {
                return false
            }
            return true
        }
        events.send(
            .expected(
                pictureCount: knownPictureCount + pictureCount * archiveCount / openedArchiveCount))
    }
}

extension PictureEncoder.Outcome {
    fileprivate var isFailure: Bool {
        if case .failed = self { true } else { false }
    }

    fileprivate var notes: [FailedItem] {
        if case .grid(_, _, let notes) = self { notes } else { [] }
    }
}

extension DatasetError {
    /// Whether what was to be unpacked found no room.
    fileprivate var isRefusedWrite: Bool {
        guard case .file(.refused(let action, _, _)) = self else { return false }
        return action == .write || action == .create
    }
}
