"""A streaming reader of X12 files: bytes in, typed records out.

    from workqueue.x12 import read, sniff

    sniff(first_bytes) -> Kind | None      the first bytes (4 KB will do) of an X12 file, or None: not X12.
                                           Kind.UNKNOWN is X12 of a kind we have no name for.
    read(stream) -> Iterator[Record]       a binary stream, read once from where it is, in constant memory.

What `read` yields, in the order of the file (see `records`, and `match` on the class):

    Interchange                                    each ISA
      Group                                        each GS
        RemittanceStart                            an 835:  header, payment, payer, payee
          RemittanceClaim ...                               each CLP; its own findings with it
          ProviderAdjustment ...                            each pair of each PLB
        RemittanceEnd                                       totals, balance, content hash, findings of the set
        StatusStart, ClaimStatus | LevelStatus ..., StatusEnd       a 277 or 277CA
        ClaimStart, ClaimSubmission ..., ClaimEnd                   an 837P, 837I, 837D
        OtherSet                                                    any other set: counted, not interpreted
      InterchangeAcknowledgement                   each TA1
    Finding                                        what is wrong outside of any set (GE, IEA, lost segments)
    FileEnd                                        always the last

Every set that starts also ends, even where the file breaks off: then `summary.is_complete` is False. Whether
a set may be applied is known only at its end record, so keep what it yields aside until then:
`summary.errors == 0` says that it is whole, that its money adds up and that all could be read; an error that
belongs to one claim is in that claim's `findings` and counted in `summary.errors`. Wrong counts and control
numbers (SE, GE, IEA) are warnings.

`read` raises only `UnreadableFile` (EmptyFile, WrongEncoding, NotX12) and only before its first record.
Segments are numbered from 1 in the file (`position`); `set_position` counts from ST.
"""

from workqueue.x12.envelope import read
from workqueue.x12.kinds import sniff
from workqueue.x12.refusals import EmptyFile, NotX12, UnreadableFile, WrongEncoding

__all__ = ["EmptyFile", "NotX12", "UnreadableFile", "WrongEncoding", "read", "sniff"]
