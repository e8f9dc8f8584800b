// One import for everything: the modules that Millrace is made of.
@_exported public import QueueBackoff
@_exported public import QueueCompletion
@_exported public import QueueDispatch
@_exported public import QueueModel
@_exported public import QueueStorage

#if canImport(QueueProcess)
    @_exported public import QueueProcess
#endif
