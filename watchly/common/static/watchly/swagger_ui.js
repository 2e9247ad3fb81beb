"use strict";

// Swagger UI fills in the example or default of every parameter once "Try it out" is pressed, and then sends all of
// them. Those of optional parameters move into the description, so that what a reader leaves empty is not sent.
const emptyOptionalParameters = (spec) => {
  const empty = (parameter) => {
    if (parameter.$ref || parameter.required || parameter.in === "path") return;
    const schema = { ...parameter.schema };
    const shown = { Default: schema.default, Example: parameter.example ?? schema.example };
    const notes = Object.entries(shown)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: \`${value}\`.`);
    parameter.description = [parameter.description, ...notes].filter(Boolean).join(" ");
    for (const name of ["example", "examples"]) delete parameter[name];
    for (const name of ["default", "example", "examples"]) delete schema[name];
    parameter.schema = schema;
  };
  Object.values(spec.components?.parameters ?? {}).forEach(empty);
  for (const path of Object.values(spec.paths ?? {})) {
    for (const operation of Object.values(path)) (operation.parameters ?? []).forEach(empty);
  }
  return spec;
};

if (typeof window !== "undefined") {
  const bundle = window.SwaggerUIBundle;
  const plugin = () => ({
    statePlugins: {
      spec: { wrapActions: { updateJsonSpec: (original) => (spec) => original(emptyOptionalParameters(spec)) } },
    },
  });
  const withPlugin = (settings) => bundle({ ...settings, plugins: [...settings.plugins, plugin] });
  window.SwaggerUIBundle = Object.assign(withPlugin, bundle);
}
