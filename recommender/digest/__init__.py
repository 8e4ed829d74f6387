"""The digest: a manifest composed once, and everything rendered from it.

periods        weeks and days, their bounds, and which issue is due
subscription   when, where and how long a reader wants the digest
compose/       window, eligible papers, selection and exclusions -> manifest
render/        manifest -> HTML, text, Markdown, Atom, mail
delivery/      files, SMTP, retries and the scheduler, from the delivery log
alerts         digests that are late, failed or unclear
action_tokens  the signed links of a mail
"""
