# SPDX-License-Identifier: Apache-2.0
"""Writes the folders of stored training steps beside this file: small nets, trained by PyTorch in
float64 and float32.  Not needed to test: `mnc check --training` reads what is here.

    python make.py        (with torch, onnx and numpy)
"""
import copy
import io
import json
import os

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, BATCH, SIZE, CLASSES = 6, 8, 10, 4


class Net(torch.nn.Module):
    """A convolution, a depthwise and a pointwise one, mean, dense; bn: with batch norms."""

    def __init__(self, bn, momentum):
        super().__init__()
        self.bn = bn
        self.conv = torch.nn.Conv2d(3, 8, 3, 1, 1, bias=not bn)
        self.depth = torch.nn.Conv2d(8, 8, 3, 2, 1, groups=8, bias=not bn)
        self.point = torch.nn.Conv2d(8, 16, 1, bias=not bn)
        if bn:
            self.conv_bn = torch.nn.BatchNorm2d(8)
            self.depth_bn = torch.nn.BatchNorm2d(8)
            self.point_bn = torch.nn.BatchNorm2d(16)
            for norm in (self.conv_bn, self.depth_bn, self.point_bn):
                norm.momentum = momentum
        self.fc = torch.nn.Linear(16, CLASSES)

    def forward(self, x):
        for name in ("conv", "depth", "point"):
            x = getattr(self, name)(x)
            if self.bn:
                x = getattr(self, name + "_bn")(x)
            x = torch.nn.functional.relu6(x)
        return self.fc(x.mean((2, 3)))


class Gated(torch.nn.Module):
    """MobileNetV3's block: hard swish, squeeze and excite, a residual; momenta of its own."""

    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Conv2d(3, 8, 3, 2, 1, bias=False)
        self.stem_bn = torch.nn.BatchNorm2d(8, eps=.001, momentum=.01)
        self.wide = torch.nn.Conv2d(8, 16, 1, bias=False)
        self.wide_bn = torch.nn.BatchNorm2d(16, momentum=.4)
        self.depth = torch.nn.Conv2d(16, 16, 5, 1, 2, groups=16, bias=False)
        self.depth_bn = torch.nn.BatchNorm2d(16)
        self.squeeze = torch.nn.Conv2d(16, 4, 1)
        self.excite = torch.nn.Conv2d(4, 16, 1)
        self.narrow = torch.nn.Conv2d(16, 8, 1, bias=False)
        self.narrow_bn = torch.nn.BatchNorm2d(8)
        self.hidden = torch.nn.Linear(8, 12)
        self.fc = torch.nn.Linear(12, CLASSES)

    def forward(self, x):
        swish, mean = torch.nn.functional.hardswish, torch.nn.functional.adaptive_avg_pool2d
        x = swish(self.stem_bn(self.stem(x)))
        y = swish(self.depth_bn(self.depth(swish(self.wide_bn(self.wide(x))))))
        gate = self.excite(torch.relu(self.squeeze(mean(y, 1))))
        y = y * torch.nn.functional.hardsigmoid(gate)
        x = x + self.narrow_bn(self.narrow(y))
        return self.fc(swish(self.hidden(mean(x, 1).flatten(1))))


class Shuffled(torch.nn.Module):
    """ShuffleNetV2's unit: half of the channels go through, then both change places; a PReLU."""

    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Conv2d(3, 12, 3, 1, 1)
        self.act = torch.nn.PReLU(12)
        self.point = torch.nn.Conv2d(6, 6, 1)
        self.depth = torch.nn.Conv2d(6, 6, 3, 1, 1, groups=6)
        self.last = torch.nn.Conv2d(6, 6, 1)
        self.fc = torch.nn.Linear(12, CLASSES)

    def forward(self, x):
        x = torch.nn.functional.max_pool2d(self.act(self.stem(x)), 3, 2, 1)
        stays, y = x.chunk(2, 1)
        y = torch.relu(self.last(self.depth(torch.relu(self.point(y)))))
        x = torch.cat([stays, y], 1)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        return torch.log_softmax(self.fc(x.mean((2, 3))), 1)


class Mixed(torch.nn.Module):
    """Branches as GoogLeNet's beside a GELU and a transposed convolution, two kinds of pooling."""

    def __init__(self):
        super().__init__()
        self.one = torch.nn.Conv2d(3, 6, 1)
        self.three = torch.nn.Conv2d(3, 6, 3, 1, 1)
        self.pooled = torch.nn.Conv2d(3, 4, 1)
        self.down = torch.nn.Conv2d(16, 8, 3, 2)
        self.up = torch.nn.ConvTranspose2d(8, 6, 3, 2, 1)
        self.fc = torch.nn.Linear(6, CLASSES)

    def forward(self, x):
        f = torch.nn.functional
        x = torch.cat([f.elu(self.one(x)), f.softplus(self.three(x)),
                       self.pooled(f.avg_pool2d(x, 3, 1, 1))], 1)
        x = self.up(f.gelu(self.down(x)))
        return self.fc(f.silu(x).amax((2, 3)))


class Normed(torch.nn.Module):
    """ConvNeXt's block, with its norm over channels, behind AlexNet's norm and an instance norm."""

    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Conv2d(3, 8, 2, 2)
        self.each = torch.nn.InstanceNorm2d(8, affine=True)
        self.depth = torch.nn.Conv2d(8, 8, 5, 1, 2, groups=8)
        self.norm = torch.nn.LayerNorm(8, eps=1e-4)
        self.wide = torch.nn.Linear(8, 16)
        self.narrow = torch.nn.Linear(16, 8)
        self.fc = torch.nn.Linear(8, CLASSES)

    def forward(self, x):
        f = torch.nn.functional
        x = f.local_response_norm(torch.relu(self.stem(x)), 3, alpha=.5)
        x = self.each(x)
        y = self.norm(self.depth(x).permute(0, 2, 3, 1))
        y = self.narrow(f.gelu(self.wide(y)))
        x = x + y.permute(0, 3, 1, 2)
        return self.fc(f.hardswish(x).mean((2, 3)))


def exported(net):
    """Any net as PyTorch exports it, its initialisers under the parameters' names."""
    f = io.BytesIO()
    torch.onnx.export(net.eval(), torch.zeros(BATCH, 3, SIZE, SIZE), f, opset_version=17,
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
                      dynamo=False)
    return onnx.load_model_from_string(f.getvalue())


def graph(net):
    """The net as ONNX, its initialisers under the parameters' names."""
    if not isinstance(net, Net):
        return exported(net)
    nodes, last = [], "x"
    for name in ("conv", "depth", "point"):
        layer = getattr(net, name)
        k, s, p = layer.kernel_size[0], layer.stride[0], layer.padding[0]
        ins = [last, name + ".weight"] + ([] if net.bn else [name + ".bias"])
        nodes.append(helper.make_node("Conv", ins, [name], group=layer.groups, strides=[s, s],
                                      kernel_shape=[k, k], pads=[p] * 4))
        last = name
        if net.bn:
            ins = [last] + [f"{name}_bn.{p}" for p in ("weight", "bias", "running_mean",
                                                       "running_var")]
            nodes.append(helper.make_node("BatchNormalization", ins, [name + "_n"]))
            last = name + "_n"
        nodes.append(helper.make_node("Clip", [last, "zero", "six"], [name + "_r"]))
        last = name + "_r"
    nodes += [helper.make_node("GlobalAveragePool", [last], ["mean"]),
              helper.make_node("Flatten", ["mean"], ["flat"]),
              helper.make_node("Gemm", ["flat", "fc.weight", "fc.bias"], ["y"], transB=1)]
    weights = [numpy_helper.from_array(v.numpy().astype(np.float32), k)
               for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")]
    weights += [numpy_helper.from_array(np.array(v, np.float32), k)
                for k, v in (("zero", 0), ("six", 6))]
    io = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
          for n, s in (("x", [BATCH, 3, SIZE, SIZE]), ("y", [BATCH, CLASSES]))]
    g = helper.make_graph(nodes, "net", io[:1], io[1:], weights)
    return helper.make_model(g, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def optimizer(recipe, params):
    o = dict(recipe["optimizer"])
    kind, lr, decay = o["kind"], o["learning_rate"], o.get("weight_decay", 0)
    if kind == "sgd":
        return torch.optim.SGD(params, lr, o.get("momentum", 0), weight_decay=decay,
                               nesterov=o.get("nesterov", False))
    make = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
    return make(params, lr, tuple(o.get("betas", (.9, .999))), o.get("eps", 1e-8), decay)


def scheduler(recipe, opt):
    s, lr = recipe.get("schedule", {"kind": "constant"}), torch.optim.lr_scheduler
    if s["kind"] == "one_cycle":
        return lr.OneCycleLR(opt, s["max_learning_rate"], total_steps=s["total_steps"])
    if s["kind"] == "cosine":
        warm = s["warmup_steps"]
        return lr.SequentialLR(opt, [lr.LinearLR(opt, total_iters=warm),
                                     lr.CosineAnnealingLR(opt, s["total_steps"] - warm)], [warm])
    if s["kind"] == "exponential":
        return lr.ExponentialLR(opt, s["gamma"])
    if s["kind"] == "step":
        return lr.StepLR(opt, s["step_size"], s["gamma"])
    return lr.ConstantLR(opt, 1)


def train(net, recipe, x, y, dtype):
    """Losses, rates, gradients of step 0, scores afterwards."""
    net = copy.deepcopy(net).to(dtype).train()
    opt = optimizer(recipe, net.parameters())
    plan = scheduler(recipe, opt)
    loss = torch.nn.CrossEntropyLoss(label_smoothing=recipe.get("label_smoothing", 0))
    losses, rates, first = [], [], None
    decay = recipe.get("average", 0)
    mean = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
    mean.update_parameters(net)              # begins as the net begins
    for k in range(STEPS):
        opt.zero_grad()
        value = loss(net(x[k].to(dtype)), y[k])
        value.backward()
        first = first or {n: p.grad.clone() for n, p in net.named_parameters()}
        if "clip_norm" in recipe:
            torch.nn.utils.clip_grad_norm_(net.parameters(), recipe["clip_norm"])
        losses.append(value.item())
        rates.append(opt.param_groups[0]["lr"])
        opt.step()
        plan.step()
        mean.update_parameters(net)
    judged = mean if decay else net
    with torch.no_grad():
        return losses, rates, first, judged.eval()(x[0].to(dtype))


def save(path, array, name=""):
    with open(path, "wb") as f:
        f.write(numpy_helper.from_array(np.ascontiguousarray(array), name).SerializeToString())


def folder(name, kind, recipe):
    torch.manual_seed(len(name))
    net = kind() if isinstance(kind, type) else Net(kind, recipe.get("bn_momentum", .1))
    x = torch.randn(STEPS, BATCH, 3, SIZE, SIZE)
    y = torch.randint(CLASSES, (STEPS, BATCH))
    wide = train(net, recipe, x, y, torch.float64)
    narrow = train(net, recipe, x, y, torch.float32)
    d = os.path.join(HERE, name)
    os.makedirs(d, exist_ok=True)
    onnx.save(graph(net), os.path.join(d, "model.onnx"))
    save(os.path.join(d, "x.pb"), x.numpy())
    save(os.path.join(d, "y.pb"), y.numpy())
    save(os.path.join(d, "scores_after.pb"), wide[3].float().numpy())
    grads = [numpy_helper.from_array(v.float().numpy(), k) for k, v in wide[2].items()]
    onnx.save(helper.make_model(helper.make_graph([], "g", [], [], grads)),
              os.path.join(d, "gradients_step_0.onnx"))
    with open(os.path.join(d, "recipe.json"), "w") as f:
        json.dump(recipe, f, indent=1, sort_keys=True)
        f.write("\n")
    with open(os.path.join(d, "losses.csv"), "w") as f:
        f.write("step,learning_rate,loss_float64,loss_float32\n")
        for k in range(STEPS):
            f.write(f"{k},{wide[1][k]!r},{wide[0][k]!r},{narrow[0][k]!r}\n")


folder("adamw", False, {"optimizer": {"kind": "adamw", "learning_rate": .01, "weight_decay": .1,
                                      "betas": [.8, .99], "eps": 1e-6}})
folder("adam_decay", True, {"optimizer": {"kind": "adam", "learning_rate": .01,
                                          "weight_decay": .01},
                            "schedule": {"kind": "step", "unit": "step", "step_size": 2,
                                         "gamma": .5}})
folder("momentum_cosine", False, {"optimizer": {"kind": "sgd", "learning_rate": .1,
                                                "momentum": .9, "weight_decay": .001},
                                  "schedule": {"kind": "cosine", "warmup_steps": 2,
                                               "total_steps": STEPS}})
folder("nesterov_norm", True, {"optimizer": {"kind": "sgd", "learning_rate": .1, "momentum": .9,
                                             "nesterov": True}, "label_smoothing": .1})
folder("adam_one_cycle", False, {"optimizer": {"kind": "adam", "learning_rate": .01},
                                 "schedule": {"kind": "one_cycle", "max_learning_rate": .01,
                                              "total_steps": STEPS + 2}})
folder("clipped", False, {"optimizer": {"kind": "sgd", "learning_rate": .5}, "clip_norm": .2,
                          "label_smoothing": .05})
folder("norm_momentum", True, {"optimizer": {"kind": "sgd", "learning_rate": .05},
                               "bn_momentum": .3})
folder("gated_averaged", Gated, {"optimizer": {"kind": "adamw", "learning_rate": .005,
                                               "weight_decay": .02}, "average": .7,
                                 "clip_norm": 1, "label_smoothing": .1,
                                 "schedule": {"kind": "cosine", "warmup_steps": 1,
                                              "total_steps": STEPS}})
folder("shuffled", Shuffled, {"optimizer": {"kind": "sgd", "learning_rate": .1, "momentum": .8,
                                            "nesterov": True, "weight_decay": .005},
                              "schedule": {"kind": "exponential", "unit": "step", "gamma": .9}})
folder("mixed", Mixed, {"optimizer": {"kind": "adam", "learning_rate": .01,
                                      "weight_decay": .001}, "average": .5})
folder("normed", Normed, {"optimizer": {"kind": "adamw", "learning_rate": .01,
                                        "weight_decay": .05}, "label_smoothing": .1})
