"""What the samples say and how they are set: one file a document, and the small typesetter they share."""
