"""deploy/envoy/envoy.yaml against Envoy's own API definitions (from npm: @grpc/grpc-js-xds ships them): every field, every
type inside an Any, and the rules for values that the definitions carry (protoc-gen-validate). What Envoy checks besides
when it starts is not known here.

  /usr/bin/python3 tests/deploy/envoy_test.py     after npm ci in this folder
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

import yaml
from google.protobuf import descriptor, descriptor_pb2, descriptor_pool, json_format, message_factory

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DEPS = os.path.join(HERE, "node_modules/@grpc/grpc-js-xds/deps")
BOOTSTRAP = "envoy/config/bootstrap/v3/bootstrap.proto"
# Of the types that stand in an Any.
INSIDE = [
    "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto",
    "envoy/extensions/filters/http/grpc_json_transcoder/v3/transcoder.proto",
    "envoy/extensions/filters/http/router/v3/router.proto",
    "envoy/extensions/retry/host/previous_hosts/v3/previous_hosts.proto",
    "envoy/extensions/upstreams/http/v3/http_protocol_options.proto",
]


def with_newer_rules(folder):
    """Envoy's files use a rule that the validate.proto beside them does not have yet; here it gets it."""
    with open(os.path.join(DEPS, "protoc-gen-validate/validate/validate.proto"), encoding="utf8") as file:
        text = file.read()
    if "ignore_empty" not in text:
        text = text.replace("message StringRules {", "message StringRules {\n    optional bool ignore_empty = 26;")
    os.mkdir(os.path.join(folder, "validate"))
    with open(os.path.join(folder, "validate/validate.proto"), "w", encoding="utf8") as file:
        file.write(text)
    return folder


def descriptors(includes, files):
    """A pool of files and what they import."""
    with tempfile.NamedTemporaryFile() as out:
        command = ["protoc", "--include_imports", f"--descriptor_set_out={out.name}"]
        subprocess.run(command + [f"-I{folder}" for folder in includes] + files, check=True, cwd=ROOT)
        found = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    pool = descriptor_pool.DescriptorPool()
    for file in found.file:
        pool.Add(file)
    return pool


def message_class(pool, name):
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName(name))


class Rules:
    """The rules for values of protoc-gen-validate that envoy.yaml can meet."""

    def __init__(self, pool):
        self.pool = pool
        self.options = message_class(pool, "google.protobuf.FieldOptions")
        self.oneof_options = message_class(pool, "google.protobuf.OneofOptions")
        self.rules = pool.FindExtensionByName("validate.rules")
        self.required = pool.FindExtensionByName("validate.required")

    def of(self, field):
        options = self.options.FromString(field.GetOptions().SerializeToString())
        return options.Extensions[self.rules] if options.HasExtension(self.rules) else None

    def broken(self, message, path=""):
        """What breaks a rule, as (path, what)."""
        if message.DESCRIPTOR.full_name == "google.protobuf.Any":
            inner = message_class(self.pool, message.type_url.split("/")[-1]).FromString(message.value)
            yield from self.broken(inner, path)
            return
        for oneof in message.DESCRIPTOR.oneofs:
            options = self.oneof_options.FromString(oneof.GetOptions().SerializeToString())
            if options.Extensions[self.required] and message.WhichOneof(oneof.name) is None:
                yield f"{path}.{oneof.name}", "one of these is required"
        for field in message.DESCRIPTOR.fields:
            where = f"{path}.{field.name}"
            rules = self.of(field)
            repeated = field.label == descriptor.FieldDescriptor.LABEL_REPEATED
            value = getattr(message, field.name)
            oneof = field.containing_oneof
            if oneof is not None and message.WhichOneof(oneof.name) != field.name:
                continue  # its rules hold when it is the one that is set
            if rules is not None:
                yield from self.broken_value(rules, message, field, value, repeated, where)
            if field.message_type is None or field.message_type.GetOptions().map_entry:
                if field.message_type is not None and field.message_type.fields_by_name["value"].message_type is not None:
                    for key in value:
                        yield from self.broken(value[key], f"{where}[{key}]")
            elif repeated:
                for i, item in enumerate(value):
                    yield from self.broken(item, f"{where}[{i}]")
            elif message.HasField(field.name):
                yield from self.broken(value, where)

    def broken_value(self, rules, message, field, value, repeated, where):
        kind = rules.WhichOneof("type")
        if rules.message.required and not message.HasField(field.name):
            yield where, "required"
        if kind is None or kind == "message":
            return
        rule = getattr(rules, kind)
        if kind == "repeated":
            if len(value) < rule.min_items:
                yield where, f"at least {rule.min_items}"
            return
        if repeated:
            return
        if field.message_type is not None:  # wrappers and durations
            if not message.HasField(field.name):
                if kind == "duration" and rule.required:
                    yield where, "required"
                return
            value = value.ToNanoseconds() if kind == "duration" else getattr(value, "value", value)
        elif field.has_presence and not message.HasField(field.name):
            return
        if kind == "string":
            if len(value) < rule.min_len:
                yield where, f"at least {rule.min_len} characters"
        elif kind == "enum":
            if rule.defined_only and value not in field.enum_type.values_by_number:
                yield where, "not a value"
        elif kind != "bool" and kind != "bytes" and kind != "any":
            number = (lambda bound: bound.ToNanoseconds()) if kind == "duration" else (lambda bound: bound)
            tests = {"gt": value.__gt__, "gte": value.__ge__, "lt": value.__lt__, "lte": value.__le__}
            for name, holds in tests.items():
                if rule.HasField(name) and not holds(number(getattr(rule, name))):
                    yield where, f"must be {name} {getattr(rule, name)}"


class EnvoyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            includes = [with_newer_rules(folder)]
            includes += [os.path.join(DEPS, name) for name in ("envoy-api", "xds", "googleapis")]
            cls.pool = descriptors(includes, [BOOTSTRAP] + INSIDE)
        cls.bootstrap = message_class(cls.pool, "envoy.config.bootstrap.v3.Bootstrap")
        cls.rules = Rules(cls.pool)
        with open(os.path.join(ROOT, "deploy/envoy/envoy.yaml"), encoding="utf8") as file:
            cls.text = file.read()

    def parse(self, tree):
        return json_format.ParseDict(tree, self.bootstrap(), descriptor_pool=self.pool)

    def tree(self):
        return yaml.safe_load(self.text)

    def transcoder(self, tree):
        listener = tree["static_resources"]["listeners"][0]
        return listener["filter_chains"][0]["filters"][0]["typed_config"]["http_filters"][0]["typed_config"]

    def test_every_field_is_known_and_has_its_type(self):
        self.parse(self.tree())
        for name, spoil in {
            "an unknown field inside two Anys": lambda tree: self.transcoder(tree).update(auto_maping=True),
            "an unknown field of a cluster": lambda tree: tree["static_resources"]["clusters"][0].update(lb="x"),
            "a value that is none": lambda tree: tree["static_resources"]["clusters"][0].update(lb_policy="BEST"),
        }.items():
            tree = self.tree()
            spoil(tree)
            with self.assertRaises(json_format.ParseError, msg=name):
                self.parse(tree)

    def test_values_keep_the_rules(self):
        self.assertEqual(list(self.rules.broken(self.parse(self.tree()))), [])
        for name, spoil in {
            "stat_prefix": lambda tree: tree["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0][
                "typed_config"].pop("stat_prefix"),
            "interval": lambda tree: tree["static_resources"]["clusters"][0]["health_checks"][0].pop("interval"),
            "max_ejection_percent": lambda tree: tree["static_resources"]["clusters"][0]["outlier_detection"].update(
                max_ejection_percent=101),
            "timeout": lambda tree: tree["static_resources"]["clusters"][0]["health_checks"][0].update(timeout="0s"),
        }.items():
            tree = self.tree()
            spoil(tree)
            found = [path for path, _ in self.rules.broken(self.parse(tree))]
            self.assertTrue(any(path.endswith("." + name) for path in found), f"{name}: {found}")

    def test_routes_lead_to_clusters(self):
        clusters = {cluster["name"] for cluster in self.tree()["static_resources"]["clusters"]}
        for name in re.findall(r"cluster: (\w+)", self.text):
            self.assertIn(name, clusters | {"signalbook-edge"})

    def test_the_descriptor_has_what_is_transcoded_and_routed(self):
        files = ["proto/signalbook/v1/translation.proto", "proto/signalbook/v1/moderation.proto",
                 "proto/google/rpc/error_details.proto"]
        with open(os.path.join(ROOT, "deploy/envoy/README.md"), encoding="utf8") as readme:
            text = readme.read()
        for file in files:  # the command people run is this one
            self.assertIn(file, text)
        pool = descriptors(["proto"], files)
        for service in self.transcoder(self.tree())["services"]:
            pool.FindServiceByName(service)
        with_paths = descriptors(["proto"], files + ["proto/signalbook/v1/operations.proto"])
        for path in re.findall(r"(?:prefix|path): /([\w./]+)", self.text):
            service, _, method = path.partition("/")
            found = with_paths.FindServiceByName(service)
            if method:
                self.assertIn(method, found.methods_by_name)


if __name__ == "__main__":
    sys.exit(unittest.main())
