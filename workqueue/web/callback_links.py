"""Giving a person a way to book their call: a letter with a code and a picture, an e-mail or a text."""

import segno
from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from workqueue.config import Config
from workqueue.database import transaction
from workqueue.logging import log
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.channels import ContactChannel
from workqueue.rules.refusals import NotFound
from workqueue.services.booking import inviting, links
from workqueue.services.booking.inviting import CannotInvite
from workqueue.services.office_profile import profile
from workqueue.services.reading.callback_links import callback_links
from workqueue.web.booking_words import LOCALES, letter
from workqueue.web.filters import datetime as moment_words
from workqueue.web.forms import Fields
from workqueue.web.guards import current_person, rep_work, utc_now
from workqueue.web.render import done

bp = Blueprint("callback_links", __name__, url_prefix="/accounts")

DOTS = 5
"""Of the picture's smallest square, in pixels: about 3 cm on paper."""


@bp.post("/<int:account_id>/callback-links")
@rep_work
def issue(account_id: int) -> ResponseReturnValue:
    """Make a way in: a letter is shown once and kept nowhere, an e-mail or a text is sent."""
    channel = Fields(request.form).choice("channel", ContactChannel, otherwise=ContactChannel.LETTER)
    if channel in inviting.CHANNELS:
        return _send(account_id, channel)
    with transaction() as session:
        issued = links.issue(
            session,
            account_id=account_id,
            channel=ContactChannel.LETTER,
            secret=config().secret_key,
            made_by_id=current_person().id,
            now=utc_now(),
        )
        language = links.open_again(session, issued.link_id, now=utc_now()).language
        office = profile(session)
    log.info("callback_link_made", link_id=issued.link_id, actor_id=current_person().id)
    language = language if language in LOCALES else "en"
    url = link_url(issued.token)
    return render_template(
        "callback_links/letter.html",
        account_id=account_id,
        url=url,
        code=issued.letter_code,
        picture=Markup(  # noqa: S704  # drawn by segno from an address of ours
            segno.make(url, error="m").svg_inline(scale=DOTS, omitsize=False, svgclass="qr")
        ),
        language=language,
        office=office,
        letter=letter(
            language, page=page_url().partition("://")[2], code=issued.letter_code, until=issued.expires_at
        ),
    )


def _send(account_id: int, channel: ContactChannel) -> ResponseReturnValue:
    """Send the link through the outbox, and say when it goes, or why not."""
    back = url_for("accounts.show", account_id=account_id, _anchor="arrangements")
    try:
        with transaction() as session:
            invited = inviting.invite(
                session,
                account_id=account_id,
                channel=channel,
                secret=config().secret_key,
                made_by_id=current_person().id,
                now=utc_now(),
            )
    except CannotInvite as refusal:
        flash(f"Not sent. {refusal.sentence}", "error")
        return done(back)
    log.info("callback_link_sent", link_id=invited.link_id, actor_id=current_person().id)
    what = "The text" if channel is ContactChannel.TEXT else "The e-mail"
    if invited.goes_at > utc_now():
        flash(
            f"{what} with the link goes {moment_words(invited.goes_at, OFFICE_ZONE)}, when it suits them.",
            "success",
        )
    else:
        flash(f"{what} with the link is on its way.", "success")
    return done(back)


@bp.post("/<int:account_id>/callback-links/<int:link_id>/end")
@rep_work
def end(account_id: int, link_id: int) -> ResponseReturnValue:
    with transaction() as session:
        if link_id not in {each.link_id for each in callback_links(session, account_id, utc_now())}:
            raise NotFound
        links.end(session, link_id, now=utc_now())
    log.info("callback_link_ended", link_id=link_id, actor_id=current_person().id)
    flash("The link opens nothing any more.", "success")
    return done(url_for("accounts.show", account_id=account_id))


def link_url(token: str) -> str:
    """Return the whole address a person follows."""
    return f"{_base()}{url_for('booking.land', token=token)}"


def page_url() -> str:
    """Return the whole address at which a letter's code is typed."""
    return f"{_base()}{url_for('booking.show')}"


def config() -> Config:
    found: Config = current_app.extensions["workqueue.config"]
    return found


def _base() -> str:
    """Return the address patients know; the office's own may be another."""
    return config().public_url or request.host_url.rstrip("/")
