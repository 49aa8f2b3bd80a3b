"""An alert in a channel's words: templates, Slack's blocks and limits, e-mail assembly."""
