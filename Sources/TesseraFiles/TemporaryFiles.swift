import CTesseraFiles

/// The temporary files that this process is writing at the moment.
public enum TemporaryFiles {
    /// Removes every file that is half written.
    ///
    /// Takes no lock and allocates nothing, so that a handler of SIGINT or SIGTERM may call it just
    /// before it ends the process. Files already under their final names are not touched.
    public static func removeAll() {
        tessera_temporaries_remove()
    }

    /// Whether a name is that of a file that was being written; left behind if the process was killed.
    ///
    /// - Parameter name: A name without its folder.
    /// - Returns: Whether it is one that this package gives.
    public static func isTemporary(name: String) -> Bool {
        name.hasPrefix(".tessera-") && name.hasSuffix(".tmp")
    }
}
