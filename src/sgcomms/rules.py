"""Every rule that a problem can name: its id, its severity, what it guards against, what to do.

The docs page of the rules is written from this register, and a test keeps the two alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from sgcomms.errors import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `allowable` rules may be switched off in a campaign by `allow: [ID: reason]`."""

    id: str
    why: str
    remedy: str
    severity: Severity = "error"
    allowable: bool = False


_ALL = (
    # files
    Rule(
        "unreadable-file",
        "The file cannot be opened, is not UTF-8, is empty where it must not be, or is far larger "
        "than any campaign.",
        "Save it as UTF-8 text (in Windows Notepad: Save as, Encoding, UTF-8).",
    ),
    Rule(
        "control-character",
        "The file holds a character that no text has, mostly because it was damaged on its way.",
        "Delete the character, or copy the text again from where it came.",
    ),
    Rule(
        "invisible-character",
        "A character that nobody sees (a zero-width space, a soft hyphen, a mark that turns the "
        "direction of writing round) breaks hashtags, links and telephone numbers.",
        "Type the words again; words copied from web pages and chats often hold one.",
        severity="warning",
    ),
    Rule(
        "not-read",
        "A file looks like a campaign and lies where `queue` does not look, or has an ending that "
        "hides it, such as `.yaml.txt`. Nothing of it would ever go out.",
        "Move it to `campaigns/` itself and let its name end in `.yaml`.",
        severity="warning",
    ),
    Rule(
        "yaml-syntax",
        "The file is not YAML from this place on.",
        "Compare the line with the tutorial: a key, a colon, a space, a value.",
    ),
    Rule(
        "needs-quotes",
        "A value without quotes holds `: ` or a comma inside brackets, or begins with a sign that "
        "means something else in YAML (`{`, `[`, `@`, `%`, `&`, `*`, `!`); or the quotes round it "
        "are curly, or end at an apostrophe.",
        "Put the value in double quotes; the message prints the corrected line.",
    ),
    Rule(
        "hashtag-lost",
        "In YAML ` #` begins a comment, so a hashtag in an unquoted value would silently be lost.",
        "Put the value in double quotes, or the comment on a line of its own.",
    ),
    Rule(
        "tab",
        "YAML takes neither tabs nor no-break spaces for indentation: two editors would show two "
        "different files.",
        "Use spaces.",
    ),
    Rule(
        "duplicate-key",
        "A key stands twice in one place; one of the two would silently be lost.",
        "Delete or rename one of them.",
    ),
    Rule(
        "anchor",
        "Anchors, aliases and tags (`&`, `*`, `!`) can make a small file enormous, and nobody who "
        "reads a campaign should have to know them.",
        "Write the value out, or put it in quotes if the sign belongs to it.",
    ),
    Rule(
        "nested-too-deep",
        "Lists and mappings stand in one another deeper than any file of this program needs.",
        "Check the brackets and the indentation.",
    ),
    # shape
    Rule("unknown-key", "A key that means nothing here.", "Use one of the keys that are named."),
    Rule("missing-key", "A key that must be there is not.", "Add it."),
    Rule("wrong-type", "A value of another kind than its key takes.", "Write it as shown."),
    Rule("wrong-value", "A value that its key cannot have.", "Use one of the values named."),
    # names
    Rule(
        "duplicate-id",
        "Two campaigns, or two posts of one campaign, or an account and a campaign share an id, so "
        "figures and deliveries could not be told apart.",
        "Rename one of them.",
    ),
    Rule(
        "same-account",
        "Two accounts of the board are one on their platform: posts would go out twice there, and "
        "count twice.",
        "Delete one of them.",
    ),
    Rule("unknown-account", "An account that `config/board.yaml` does not have.", "Use its id."),
    Rule(
        "unknown-contact", "A contact that `config/contacts.yaml` does not have.", "Add it there."
    ),
    Rule("unknown-person", "A person whom `config/board.yaml` does not list.", "List them there."),
    Rule(
        "unknown-metric", "A metric that neither this program nor the board has.", "Use its name."
    ),
    Rule("unknown-website", "A website that `config/board.yaml` does not have.", "Use its id."),
    Rule(
        "unsupported",
        "This version cannot do what is asked for: the account is on a platform that it lays out "
        "no posts for, or cannot publish to.",
        "Set `mode: by_hand` or `mode: outbox` on the account, or leave the account out.",
    ),
    Rule("unknown-zone", "A time zone that does not exist.", "Write it as Europe/London."),
    Rule(
        "no-summer-time",
        "GMT and UTC are Britain's time in winter only: from March to October every post would go "
        "out an hour late.",
        "Write `timezone: Europe/London`.",
        severity="warning",
    ),
    Rule(
        "unknown-placeholder",
        "Braces hold something else than `{link}` or `{contact:…}`, and would go out as they are.",
        "Correct the word, or double the braces (`{{` and `}}`) if they belong to the text.",
    ),
    Rule("missing-link", "A text says `{link}`, and no link is set.", "Set `link`."),
    Rule(
        "unused-link",
        "A link is set, and no text says where it belongs, so it would go out nowhere.",
        "Write `{link}` in the text, or delete the link.",
        severity="warning",
    ),
    # time
    Rule(
        "time-missing",
        "On the day the clocks go forward this time does not exist; or the month has no such day.",
        "Choose another time.",
    ),
    Rule(
        "time-twice",
        "On the day the clocks go back this time comes twice, and no one can tell which is meant.",
        "Choose a time outside the doubled hour.",
    ),
    Rule(
        "in-the-past",
        "A post that the queue does not know yet has a time, or a day of expiry, that is over, so "
        "it would go out late or not at all.",
        "Choose a time to come; mark a campaign that is history `historic: true`.",
    ),
    Rule(
        "never-sent",
        "A campaign marked `historic` is only ever rehearsed, so a post with a time to come would "
        "silently never go out.",
        "Delete `historic: true` from a campaign that is to go out.",
        severity="warning",
    ),
    Rule(
        "closed-period",
        "In a blackout, or before an election, a post goes out only if it is marked as safe for "
        "such times; all others are held for a person.",
        "Choose a time outside the period, or mark the post `election_safe: true`: somebody other "
        "than its author must then sign it.",
        severity="warning",
    ),
    Rule(
        "late-campaign",
        "A campaign that was first queued after a blackout or a pre-election period had begun is "
        "held, however safe its posts are: it was not planned before.",
        "Choose times after the period.",
        severity="warning",
    ),
    Rule(
        "not-planned-before",
        "Before an election no campaign goes out that was not demonstrably planned before: see the "
        "Local Government Association's guidance on publicity in the pre-election period.",
        "Write on which day the campaign was planned, `planned_on: 2026-11-02`, if it was; keep "
        "the minutes.",
        severity="warning",
        allowable=True,
    ),
    Rule(
        "after-expiry",
        "A post, or one of its repeats, is due after the day it expires, and would never go out.",
        "Move `expires`, or the post.",
    ),
    # words and pictures
    Rule(
        "no-accounts",
        "A post that is for no account would never go out.",
        "Name accounts on the campaign or on the post.",
    ),
    Rule(
        "text-too-long",
        "The platform would refuse the text, by its own way of counting.",
        "Shorten it, or give the account its own words under `text_for`.",
    ),
    Rule("no-text", "A post without words.", "Write `text`, or `text_for` for each account."),
    Rule("media-missing", "A picture that is not where the file says.", "Correct the path."),
    Rule(
        "media-outside",
        "A path that leads out of the campaigns folder could publish a file that is not meant for "
        "the public.",
        "Copy the picture into the campaigns folder.",
    ),
    Rule(
        "media-not-image",
        "The file is not a picture that can be opened (JPEG, PNG, GIF or WebP).",
        "Export it again as JPEG or PNG.",
    ),
    Rule(
        "media-refused",
        "The platform would refuse the pictures: too many, too few, too small, of a shape that it "
        "does not take; or a video stands where only an officer can post it.",
        "Change the pictures, or leave the account out; for a video set `mode: by_hand` or `live`.",
    ),
    Rule(
        "media-traces",
        "A video tells where it was made, with which camera, or by whom: around children that is a "
        "risk. Pictures are drawn anew without such data; a video goes out as it is.",
        "Export the video again without location and camera data.",
    ),
    Rule(
        "media-still",
        "A picture that moves would go out as a still one: the platform takes no moving pictures, "
        "or only GIFs.",
        "See that its first picture says enough, or leave the account out.",
        severity="warning",
        allowable=True,
    ),
    Rule(
        "too-many-tags",
        "The platform would refuse a text with so many hashtags or mentions.",
        "Delete some, or give the account its own words under `text_for`.",
    ),
    Rule(
        "no-alt-text",
        "Whoever cannot see the picture would not know what it says.",
        "Describe in `alt` what the picture tells, in a sentence or two.",
    ),
    Rule(
        "alt-too-long",
        "The platform would refuse the alt text.",
        "Shorten it; long explanations belong in the text.",
    ),
    Rule(
        "same-text",
        "The same words would go to the same account twice under different ids: a double post in "
        "the eyes of every reader.",
        "Change the words, use `repeat`, or allow it in the campaign with the reason.",
        allowable=True,
    ),
    # advice
    Rule(
        "no-objective",
        "Without an objective nobody can say afterwards whether the campaign worked.",
        "Add `objective: {measure, baseline, target, by}`.",
        severity="warning",
        allowable=True,
    ),
    Rule(
        "contact-review-due",
        "A contact's details were to be checked again before this post goes out.",
        "Ring the number, then move `verified_on` and `review_by` in contacts.yaml.",
        severity="warning",
    ),
    Rule(
        "bare-domain",
        "X makes a link of a domain without https://, and counts it as one.",
        "Write https:// in full, or use `{link}`.",
        severity="warning",
        allowable=True,
    ),
)

RULES: dict[str, Rule] = {rule.id: rule for rule in _ALL}
"""Every rule by its id."""
