public import TesseraCheckpoint

extension ShippedModels {
    /// The data set whose PSNR says which model is best.
    public static let rankingData = "bench256"

    /// Models in the order of preference where measurements do not decide.
    static let preferredNames = ["photo-dimension", "photo-binary", "photo-factorized"]

    /// Finds the best model that can do a job.
    ///
    /// Models with a prior come first, so that every job makes the same tokens unless one is named. The
    /// best one reconstructs `bench256` with the highest PSNR, as its description says; a model without
    /// that measurement comes after all that have it.
    ///
    /// - Parameter needsPrior: Whether the model must have a prior.
    /// - Returns: The folder of the model.
    /// - Throws: ``CheckpointError`` if no model can do the job; if all are damaged, why the first is.
    public func best(withPrior needsPrior: Bool) throws(CheckpointError) -> ModelFolder {
        var candidates: [ModelFolder] = []
        var fault: CheckpointError?
        for name in names {
            do {
                let folder = try self.folder(paths[name] ?? name)
                let parts = folder.description.parts
                guard parts[.tokenizer] != nil, !needsPrior || parts[.prior] != nil else {
                    continue
                }
                candidates.append(folder)
            } catch {
                fault = fault ?? error
            }
        }
        let best = candidates.max { lower, higher in
            ShippedModels.rank(of: lower) < ShippedModels.rank(of: higher)
        }
        if let best { return best }
        if let fault { throw fault }
        guard let name = names.first, needsPrior else { return try folder("photo") }
        throw .model(path: paths[name] ?? name, .noPart(.prior))
    }

    /// Finds the denoiser that ships.
    ///
    /// - Returns: The first folder by name that holds a denoiser; `nil` if there is none.
    public func denoiser() -> ModelFolder? {
        names.lazy.compactMap { try? folder(paths[$0] ?? $0) }
            .first { $0.description.parts[.denoiser] != nil }
    }

    /// What makes one model better than another: a prior, then what was measured, then preference.
    private static func rank(of folder: ModelFolder) -> (Int, Double, Int) {
        let description = folder.description
        let place = preferredNames.firstIndex(of: description.name) ?? preferredNames.count
        let psnr = description.metrics[rankingData]?["psnr"] ?? -.infinity
        return (description.hasPrior ? 1 : 0, psnr, -place)
    }
}
