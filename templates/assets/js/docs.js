// Shows the API's document.

const docs = document.getElementById("docs");
window.SwaggerUIBundle({ url: docs.dataset.document, domNode: docs, deepLinking: true, validatorUrl: null });
