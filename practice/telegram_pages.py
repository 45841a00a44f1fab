"""Posts of the practice world → preview pages as Telegram prints them, with their class names."""

# ruff: noqa: E501  markup keeps the lines of the real pages

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from html import escape

from practice.pages import rich
from practice.world import Shown

PAGE = 20  # messages of a page, album items counted

_ALBUMS = 7  # each post whose number this divides comes with two photographs


def preview(channel: str, title: str, posts: Sequence[Shown], before: int | None) -> str:
    """One preview page: the last messages below `before`, oldest first."""
    numbers = {post.number for post in posts}
    blocks: list[str] = []
    room, first = PAGE, None
    for post in sorted(posts, key=lambda post: -post.number):
        if before is not None and post.number >= before:
            continue
        album = post.number % _ALBUMS == 0 and post.number + 1 not in numbers
        room -= 2 if album else 1
        if room < 0:
            break
        first = post.number
        blocks.insert(0, _message(channel, title, post, album=album))
    older = first if first is not None and first > min(numbers) else None
    return _preview(channel, title, "".join(blocks), older)


def single(channel: str, title: str, post: Shown | None) -> str:
    """What `?embed=1` of one message shows; a deleted one is an error inside a 200."""
    inner = (
        _message(channel, title, post, album=False)
        if post
        else '<div class="tgme_widget_message_error">Post not found</div>'
    )
    return f'<!DOCTYPE html><html><body class="widget_frame_base tgme_widget">{inner}</body></html>'


def _preview(channel: str, title: str, blocks: str, older: int | None) -> str:
    link = f"/s/{channel}?before={older}"
    head = f'<link rel="prev" href="{link}">' if older else ""
    more = (
        '<div class="tgme_widget_message_centered js-messages_more_wrap">'
        f'<a href="{link}" class="tme_messages_more js-messages_more" data-before="{older}"></a></div>'
        if older
        else ""
    )
    empty = '<div class="tme_no_messages_found">No posts found</div>' if not blocks else ""
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(title)} – Telegram</title>
<meta property="og:title" content="{escape(title)}">
<link rel="canonical" href="/s/{channel}">{head}</head>
<body class="widget_frame_base tgme_webpreview_widget">
<header class="tgme_header search_collapsed"><div class="tgme_header_info">
<div class="tgme_channel_info_header_title"><span dir="auto">{escape(title)}</span></div>
<div class="tgme_header_counter">1.05M subscribers</div></div></header>
<main class="tgme_main"><section class="tgme_channel_history js-message_history">{more}{blocks}{empty}
</section></main></body></html>
"""


def _message(channel: str, title: str, post: Shown, *, album: bool) -> str:
    place = f"https://t.me/{channel}/{post.number}"
    when = post.posted_at.astimezone(UTC)
    text = (
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{rich(post.text)}</div>'
    )
    if album:
        photos = "".join(
            f'<a class="tgme_widget_message_photo_wrap grouped_media_wrap js-message_photo" '
            f'href="https://t.me/{channel}/{number}?single"></a>'
            for number in (post.number, post.number + 1)
        )
        text = (
            f'<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap">{photos}</div>'
            f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        )
    forwarded = (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;'
        f'<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/practice_{post.number}/1">'
        f'<span dir="auto">{escape(post.forwarded_from)}</span></a></div>'
        if post.forwarded_from
        else ""
    )
    reply = (
        f'<a class="tgme_widget_message_reply" href="https://t.me/{channel}/{post.reply_to}">'
        '<div class="tgme_widget_message_text js-message_reply_text" dir="auto">…</div></a>'
        if post.reply_to
        else ""
    )
    edited = "edited &nbsp;" if post.edited_at else ""
    return f"""
<div class="tgme_widget_message_wrap js-widget_message_wrap">
<div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="{channel}/{post.number}">
<div class="tgme_widget_message_user"><a href="https://t.me/{channel}"><i class="tgme_widget_message_user_photo"></i></a></div>
<div class="tgme_widget_message_bubble">
<div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/{channel}"><span dir="auto">{escape(title)}</span></a></div>
{forwarded}{reply}{text}
<div class="media_supported_cont"></div><div class="media_not_supported_cont" style="display:none">
<div class="media_not_supported">Please open Telegram to view this post</div></div>
<div class="tgme_widget_message_footer compact js-message_footer">
<div class="tgme_widget_message_info short js-message_info">
<span class="tgme_widget_message_views">{post.number % 90 / 10 + 1}K</span><span class="copyonly"> views</span>
<span class="tgme_widget_message_meta">{edited}<a class="tgme_widget_message_date" href="{place}"><time datetime="{when.isoformat()}" class="time">{when:%H:%M}</time></a></span>
</div></div></div></div></div>"""
