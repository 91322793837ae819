locals {
  product = file("${path.module}/../../../product.toml")
  slug    = regex("(?m)^slug = \"([^\"]*)\"", local.product)[0]
  contact = regex("(?m)^contact = \"([^\"]*)\"", local.product)[0]
  name    = "${local.slug}-${var.environment}"
  tags    = { product = local.slug, environment = var.environment, managed-by = "terraform" }
}

provider "azurerm" {
  subscription_id = var.subscription_id
  features {}
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "this" {
  name     = local.name
  location = var.location
  tags     = local.tags
}

module "registry" {
  source         = "./modules/registry"
  name           = local.name
  resource_group = azurerm_resource_group.this.name
  location       = var.location
  tags           = local.tags
}

module "ci_identity" {
  source         = "./modules/ci_identity"
  name           = local.name
  resource_group = azurerm_resource_group.this.name
  location       = var.location
  issuer         = var.ci_issuer
  subject        = var.ci_subject
  registry_id    = module.registry.id
  cluster_id     = var.cluster_id
  tags           = local.tags
}

module "secrets" {
  source         = "./modules/secrets"
  name           = local.name
  resource_group = azurerm_resource_group.this.name
  location       = var.location
  tenant_id      = data.azurerm_client_config.current.tenant_id
  cluster_issuer = var.cluster_oidc_issuer
  namespace      = var.namespace
  tags           = local.tags
}

module "database" {
  source                 = "./modules/database"
  name                   = local.name
  resource_group         = azurerm_resource_group.this.name
  location               = var.location
  subnet_id              = var.database_subnet_id
  private_dns_zone_id    = var.database_private_dns_zone_id
  sku                    = var.database_sku
  owner_password         = var.database_owner_password
  owner_password_version = var.database_owner_password_version
  is_production          = var.environment == "production"
  tags                   = local.tags
}

module "budget" {
  source            = "./modules/budget"
  name              = local.name
  resource_group_id = azurerm_resource_group.this.id
  monthly           = var.monthly_budget
  start             = var.budget_start
  contact           = local.contact
}
