import TesseraDataset
import TesseraFiles
import TesseraImage

/// The work of one task: the units of a plan that are its own, shard by shard.
struct TokenizeRun {
    let plan: TokenPlan
    let folder: TokenFolder
    let task: JobTask
    let encoder: PictureEncoder
    let report: TokenizeReport
    let isRetrying: Bool

    private let prefetch = ArchivePrefetch()
    private var pictureCount = 0
    private var openedArchiveCount = 0
    private var isStopped = false

    init(
        plan: TokenPlan, folder: TokenFolder, task: JobTask, encoder: PictureEncoder,
        report: TokenizeReport, isRetrying: Bool
    ) {
        self.plan = plan
        self.folder = folder
        self.task = task
        self.encoder = encoder
        self.report = report
        self.isRetrying = isRetrying
    }

    /// Makes what is missing.
    ///
    /// - Returns: What the folder comes to afterwards.
    /// - Throws: A failure that ends the run, such as a full disk.
    mutating func run() throws(CommandFailure) -> TokenSummary {
        // All tasks find the same faults; one tells.
        if task.index == 0 { for fault in plan.faults { report.add(FailedItem(fault)) } }
        do {
            for (number, unit) in plan.units.enumerated()
            where task.owns(unit: number) && !isStopped {
                switch unit {
                case .pictures(let places): try make(plan.items(places)[...], number: number)
                case .archive(let location): try make(location, number: number)
                }
                try report.checkOutput()
            }
            return try folder.summarize(plan)
        } catch let failure as CommandFailure {
            throw failure
        } catch { throw CommandFailure(ofWriting: error) }
    }

    /// The pictures of this task that are known without opening archives.
    var knownPictureCount: Int {
        plan.units.enumerated().reduce(0) { sum, unit in
            guard task.owns(unit: unit.offset), case .pictures(let places) = unit.element else {
                return sum
            }
            return sum + places.count
        }
    }

    private mutating func make(_ items: ArraySlice<ImageItem>, number: Int) throws {
        let name = TokenPlan.shardName(unit: number)
        let keys = items.map(\.key)
        let inputs = ShardInputs(keys: keys)
        let record = try folder.record(of: name)
        if let record {
            guard record.inputs.source == nil, record.inputs.begin(keys) else {
                throw DatasetError.shard(path: folder.path, .inputs(shard: name))
            }
            if record.inputs == inputs && !needsRetry(record) { return report.skip(record) }
        }
        try write(ShardDraft(shard: name, inputs: inputs), of: items, replacing: record)
    }

    private mutating func make(_ location: ArchiveLocation, number: Int) throws {
        let source = location.path.lastComponent
        var records: [ShardRecord] = []
        while records.last?.inputs.isLast != true,
            let record = try folder.record(
                of: TokenPlan.shardName(unit: number, part: records.count))
        {
            guard record.inputs.source == source else {
                throw DatasetError.shard(path: folder.path, .inputs(shard: record.shard))
            }
            records.append(record)
        }
        let mustRetry = records.contains(where: needsRetry)
        if records.last?.inputs.isLast == true && !mustRetry {
            for record in records { report.skip(record) }
            return
        }
        let archive = prefetch.open(location)
        if let next = try nextArchive(after: number), next.mustBeUnpacked { prefetch.begin(next) }
        if let fault = archive.faults.first(where: \.isRefusedWrite) { throw fault }
        expectPictures(of: archive)
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
            let record = part < records.count ? records[part] : nil
            if let record, record.inputs == inputs, !needsRetry(record) {
                report.skip(record)
                continue
            }
            guard record == nil || isRetrying else {
                throw DatasetError.shard(path: folder.path, .inputs(shard: name))
            }
            var draft = ShardDraft(shard: name, inputs: inputs)
            // What is wrong with the archive as a whole is said where it ends.
            if isLast { draft.failures = archive.faults.map { FailedItem($0) } }
            try write(draft, of: items, replacing: record)
        }
        for record in records.dropFirst(partCount) where !isStopped {
            try folder.remove(record.shard)
        }
    }

    /// The next archive of this task of which nothing has been made yet.
    private func nextArchive(after number: Int) throws -> ArchiveLocation? {
        for next in plan.units.indices.dropFirst(number + 1) where task.owns(unit: next) {
            if case .archive(let location) = plan.units[next],
                try folder.record(of: TokenPlan.shardName(unit: next, part: 0)) == nil
            {
                return location
            }
        }
        return nil
    }

    private func needsRetry(_ record: ShardRecord) -> Bool {
        isRetrying && !record.failures.isEmpty
    }

    /// Encodes what a shard has not got yet, and writes it.
    private mutating func write(
        _ draft: ShardDraft, of items: ArraySlice<ImageItem>, replacing record: ShardRecord?
    ) throws {
        let grids = try record.map { record in try folder.grids(of: record) } ?? [:]
        for failure in draft.failures { report.add(failure) }
        let outcomes = encoder.outcomes(of: items, reusing: grids) { report.add($1, of: $0) }
        if encoder.isFailingFast, outcomes.contains(where: \.isFailure) || !draft.failures.isEmpty {
            isStopped = true
            return
        }
        var draft = draft
        let wholeFailures = draft.failures
        draft.failures = []
        for outcome in outcomes {
            switch outcome {
            case .grid(let grid, _): draft.grids.append(grid)
            case .failed(let failure): draft.failures.append(failure)
            case .passedOver(let reason): draft.filtered[reason, default: 0] += 1
            }
        }
        draft.failures += wholeFailures
        try encoder.times.measure(.write) { _ = try folder.write(draft) }
    }

    /// Guesses how many pictures there are: those known, and in each archive that is not opened yet
    /// as many as in the others on average.
    private mutating func expectPictures(of archive: ArchiveItems) {
        pictureCount += archive.items.count
        openedArchiveCount += 1
        let archiveCount = plan.units.enumerated().count { unit in
            guard task.owns(unit: unit.offset), case .archive = unit.element else { return false }
            return true
        }
        report.progress.expect(
            knownPictureCount + pictureCount * archiveCount / openedArchiveCount)
    }
}

extension PictureEncoder.Outcome {
    fileprivate var isFailure: Bool {
        if case .failed = self { true } else { false }
    }
}

extension DatasetError {
    /// Whether what was to be unpacked found no room.
    fileprivate var isRefusedWrite: Bool {
        guard case .file(.refused(let action, _, _)) = self else { return false }
        return action == .write || action == .create
    }
}

extension CommandFailure {
    /// A failure to write shards: of the disk, or because the folder holds something else.
    init(ofWriting error: any Error) {
        let isShard = if case .shard? = error as? DatasetError { true } else { false }
        self.init(status: isShard ? .usage : .storage, sentence: "\(error)")
    }
}
