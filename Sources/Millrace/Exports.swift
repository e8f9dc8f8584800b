// One import for programs that use a queue. QueueCompletion and QueueProcess are imported by those who need them.
@_exported public import QueueBackoff
@_exported public import QueueDispatch
@_exported public import QueueModel
@_exported public import QueueStorage
