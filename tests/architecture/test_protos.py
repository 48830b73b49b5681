"""The contract: generated code is fresh, paths equal packages, every name has its sentence."""

import importlib.resources
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from grpc_tools import protoc

from tests.architecture.sources import ROOT
from tools.protos import GENERATED, differences, generate
from yika.auth.v1 import auth_pb2

# RPCs that start with one of these verbs change nothing.
READS = (
    "Get",
    "BatchGet",
    "List",
    "Find",
    "Check",
    "Stream",
    "Query",
    "Summarize",
    "Quote",
    "Explain",
)

# RPCs that change something without an id made by the client, and why a retry is still safe.
WRITES_BY_NATURAL_KEY = {
    "SetPrices": "a price is set by product and store; the same request leaves the same prices",
}

# proto field numbers within descriptors, for the paths of SourceCodeInfo
_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
_FIELD, _NESTED, _NESTED_ENUM, _ONEOF = 2, 3, 4, 8
_VALUE, _METHOD = 2, 2


@dataclass(frozen=True, slots=True)
class Named:
    """A message, field, enum, value, service or RPC, with its comment."""

    name: str
    comment: str


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[FileDescriptorProto]:
    """The descriptors of every proto of the platform, comments included."""
    target = tmp_path_factory.mktemp("descriptors") / "yika.binpb"
    sources = sorted(str(path) for path in (ROOT / "protos" / "yika").rglob("*.proto"))
    assert (
        protoc.main(
            [
                "protoc",
                f"-I{ROOT / 'protos'}",
                f"-I{importlib.resources.files('grpc_tools') / '_proto'}",
                f"-I{sysconfig.get_path('purelib')}",
                "--include_source_info",
                f"--descriptor_set_out={target}",
                *sources,
            ]
        )
        == 0
    )
    found = descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes()).file
    assert len(found) == len(sources)
    return list(found)


def named_parts(file: FileDescriptorProto) -> Iterator[Named]:
    """Everything in a file that needs a sentence."""
    comments = {
        tuple(location.path): (location.leading_comments or location.trailing_comments).strip()
        for location in file.source_code_info.location
    }

    def part(name: str, *path: int) -> Named:
        return Named(f"{file.package}.{name}", comments.get(path, ""))

    def enum_parts(
        enum: descriptor_pb2.EnumDescriptorProto, owner: str, *path: int
    ) -> Iterator[Named]:
        yield part(owner + enum.name, *path)
        for number, value in enumerate(enum.value):
            yield part(f"{owner}{enum.name}.{value.name}", *path, _VALUE, number)

    def message_parts(
        message: descriptor_pb2.DescriptorProto, owner: str, *path: int
    ) -> Iterator[Named]:
        if message.options.map_entry:
            return
        name = owner + message.name
        yield part(name, *path)
        for number, field in enumerate(message.field):
            yield part(f"{name}.{field.name}", *path, _FIELD, number)
        for number, nested in enumerate(message.nested_type):
            yield from message_parts(nested, f"{name}.", *path, _NESTED, number)
        for number, enum in enumerate(message.enum_type):
            yield from enum_parts(enum, f"{name}.", *path, _NESTED_ENUM, number)

    for number, message in enumerate(file.message_type):
        yield from message_parts(message, "", _MESSAGE, number)
    for number, enum in enumerate(file.enum_type):
        yield from enum_parts(enum, "", _ENUM, number)
    for number, service in enumerate(file.service):
        yield part(service.name, _SERVICE, number)
        for position, method in enumerate(service.method):
            yield part(f"{service.name}.{method.name}", _SERVICE, number, _METHOD, position)


def methods(
    files: list[FileDescriptorProto],
) -> list[tuple[FileDescriptorProto, descriptor_pb2.MethodDescriptorProto]]:
    """Every RPC with its file."""
    return [
        (file, method) for file in files for service in file.service for method in service.method
    ]


def messages(
    files: list[FileDescriptorProto],
) -> dict[str, tuple[str, descriptor_pb2.DescriptorProto]]:
    """Full name with a leading dot, as fields refer to it -> package and message."""
    return {
        f".{file.package}.{message.name}": (file.package, message)
        for file in files
        for message in file.message_type
    }


class TestGeneratedCode:
    def test_is_what_the_protos_give(self, tmp_path: Path) -> None:
        generate(tmp_path / "gen")
        assert differences(tmp_path / "gen", GENERATED) == []


class TestFiles:
    def test_have_the_package_of_their_directory(self, files: list[FileDescriptorProto]) -> None:
        for file in files:
            assert file.package == ".".join(Path(file.name).parent.parts)
            assert re.fullmatch(r"yika\.[a-z]+\.v[0-9]+", file.package)
            assert re.fullmatch(r"[a-z][a-z0-9_]*\.proto", Path(file.name).name)

    def test_keep_services_in_files_named_for_it(self, files: list[FileDescriptorProto]) -> None:
        for file in files:
            assert bool(file.service) == file.name.endswith("_service.proto"), file.name


class TestComments:
    def test_stand_at_every_name(self, files: list[FileDescriptorProto]) -> None:
        parts = [part for file in files for part in named_parts(file)]
        assert len(parts) > 100
        assert [part.name for part in parts if len(part.comment) < 3] == []

    def test_end_as_sentences_do(self, files: list[FileDescriptorProto]) -> None:
        assert [
            part.name
            for file in files
            for part in named_parts(file)
            if not part.comment.endswith((".", ")"))
        ] == []


class TestEnums:
    def test_start_with_unspecified_and_carry_their_name(
        self, files: list[FileDescriptorProto]
    ) -> None:
        for file in files:
            for enum in file.enum_type:
                prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper()
                assert enum.value[0].number == 0
                assert enum.value[0].name == f"{prefix}_UNSPECIFIED"
                assert all(value.name.startswith(f"{prefix}_") for value in enum.value)


class TestFields:
    def test_hold_no_floating_numbers(self, files: list[FileDescriptorProto]) -> None:
        floating = {FieldDescriptorProto.TYPE_DOUBLE, FieldDescriptorProto.TYPE_FLOAT}
        assert [
            f"{name}.{field.name}"
            for name, (_, message) in messages(files).items()
            for field in message.field
            if field.type in floating
        ] == []

    def test_of_amounts_are_int64(self, files: list[FileDescriptorProto]) -> None:
        assert [
            f"{name}.{field.name}"
            for name, (_, message) in messages(files).items()
            for field in message.field
            if re.search(r"(_fen|_milli|_points|_g|_bp|_amount)$", field.name)
            and field.type != FieldDescriptorProto.TYPE_INT64
        ] == []

    def test_of_moments_end_in_time_and_of_days_in_date(
        self, files: list[FileDescriptorProto]
    ) -> None:
        ending = {".google.protobuf.Timestamp": "_time", ".google.type.Date": "date"}
        assert [
            f"{name}.{field.name}"
            for name, (_, message) in messages(files).items()
            for field in message.field
            if field.type_name in ending and not field.name.endswith(ending[field.type_name])
        ] == []

    def test_of_personal_data_belong_to_members(self, files: list[FileDescriptorProto]) -> None:
        personal = re.compile(r"(^|_)(phone|member_name|birthday|address|id_number)$")
        assert [
            f"{name}.{field.name}"
            for name, (package, message) in messages(files).items()
            for field in message.field
            if personal.search(field.name) and package != "yika.members.v1"
        ] == []


class TestMethods:
    def test_have_a_request_and_a_response_of_their_own(
        self, files: list[FileDescriptorProto]
    ) -> None:
        for file, method in methods(files):
            assert method.input_type == f".{file.package}.{method.name}Request"
            assert method.output_type == f".{file.package}.{method.name}Response"

    def test_name_the_permission_they_need(self, files: list[FileDescriptorProto]) -> None:
        for file, method in methods(files):
            service = file.package.split(".")[1]
            permission = method.options.Extensions[auth_pb2.requires]
            assert re.fullmatch(rf"{service}\.[a-z_]+\.[a-z_]+", permission), method.name

    def test_that_change_something_carry_an_id_made_by_the_client(
        self, files: list[FileDescriptorProto]
    ) -> None:
        comments = {part.name: part.comment for file in files for part in named_parts(file)}
        every_message = messages(files)

        def has_client_made_id(type_name: str, depth: int = 3) -> bool:
            if type_name not in every_message or depth == 0:
                return False
            for field in every_message[type_name][1].field:
                comment = comments.get(f"{type_name[1:]}.{field.name}", "")
                if field.name.endswith("_id") and "UUID" in comment:
                    return True
                if field.type_name and has_client_made_id(field.type_name, depth - 1):
                    return True
            return False

        without = {
            method.name
            for _, method in methods(files)
            if not method.name.startswith(READS) and not has_client_made_id(method.input_type)
        }
        assert without == set(WRITES_BY_NATURAL_KEY)

    def test_that_page_take_a_token_and_give_the_next(
        self, files: list[FileDescriptorProto]
    ) -> None:
        every_message = messages(files)
        paged = 0
        for _, method in methods(files):
            asked = {field.name for field in every_message[method.input_type][1].field}
            given = {field.name for field in every_message[method.output_type][1].field}
            assert ("page_size" in asked) == ("page_token" in asked), method.name
            assert ("page_size" in asked) == ("next_page_token" in given), method.name
            paged += "page_size" in asked
        assert paged > 0
