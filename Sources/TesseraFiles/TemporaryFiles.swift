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
}
