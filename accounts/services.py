from accounts.models import User


def create_user(*, email: str, full_name: str, password: str | None = None) -> User:
    """Create somebody who can sign in; without a password only a reset link lets them in."""
    user = User(email=email.strip().lower(), full_name=full_name.strip())
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    return user
