"""What can be wrong with a model, as opposed to its input: callers show these sentences to the statistician."""


class ModelRefusedError(ValueError):
    """The numbers are readable, but no model of this kind may be released from them."""


class SeparationError(ModelRefusedError):
    """Some covariates predict the outcome perfectly in the development data, so that no estimate exists.

    Attributes
    ----------
    covariates : tuple of str
        The covariates whose estimates run away; empty when the outcome itself never or always occurs.
    """

    def __init__(self, message: str, covariates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.covariates = covariates


class TooFewHospitalsError(ModelRefusedError):
    """There are too few hospitals for a model with hospital effects."""


class NotConvergedError(ModelRefusedError):
    """The fit did not reach its tolerance, so that its numbers must not be released."""
