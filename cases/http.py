"""Refuse a file that is too large while it is still arriving, not after 200 MB of it lie on the disk."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


LARGEST_UPLOAD = 20 * 2**20  # a year of a large hospital is about 5 MB


class LimitedUploadHandler(FileUploadHandler):
    """Counts the bytes of each file and passes them on to the next handler until there are too many."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 -- Django's signature
        self.received += len(raw_data)
        if self.received > LARGEST_UPLOAD:
            self.request.upload_too_large = True  # type: ignore[union-attr]  # the view says so in words
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 -- the next handler makes the file
        return None
