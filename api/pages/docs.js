// A script of its own: the policy of the pages refuses any that is written into one.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null, // the default sends the document to another host
});
