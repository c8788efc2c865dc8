# Mails that come in

mail-title = Confirm your request
mail-ask = A request for a correction came from your mail address (ticket { $ticket }). The school begins to work on it when you say that it was you.
mail-submit = Hand in
mail-done = Handed in. The office has ticket { $ticket }; its answer comes to your mail address, and what you answer to that goes into the ticket.
mail-ticket-hint = To add words or documents, answer any mail about this ticket.
mail-from-elsewhere = (This mail came from another address: { $address })
mail-left-out = ({ $files } files were too large or too many and were not taken)
mail-files-only = (The mail had files and no words)
error-mail-link-dead-title = The link is dead
error-mail-link-dead-what = The link was used, or more than 7 days have passed.
error-mail-link-dead-advice = Write again if there is still something to correct.
