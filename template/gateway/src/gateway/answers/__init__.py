"""From a question to passages, a prompt, a streamed answer, and the job that stores it."""
