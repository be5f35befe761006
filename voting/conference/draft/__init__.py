"""The draft of a conference (dự thảo hội nghị): what it holds, how it is edited, what is missing."""
