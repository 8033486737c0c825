"""Standfirst's one Pelican plugin: it makes a news site out of a folder of Markdown."""

from newsroom.garbage import quick

with quick():  # nothing of what is imported goes again
    from newsroom import (
        a_to_z,
        addresses,
        attachments,
        citing,
        comment_pages,
        drafts,
        evidence_pages,
        machine_files,
        maps,
        reader,
        redirects,
        running_order,
        search,
        settings,
        stories,
        templates,
        theme_tools,
        timeline_pages,
        twins,
    )
    from newsroom.build import Build

__all__ = ["Build", "register"]


def register() -> None:
    """Connect each part to Pelican's signals, in the order a story passes them."""
    settings.register()
    addresses.register()
    theme_tools.register()
    reader.register()
    templates.register()
    stories.register()
    drafts.register()
    attachments.register()
    running_order.register()
    evidence_pages.register()
    timeline_pages.register()
    maps.register()
    comment_pages.register()
    citing.register()
    a_to_z.register()
    search.register()
    machine_files.register()
    redirects.register()
    twins.register()
